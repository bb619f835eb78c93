/** Looks through the log of a stripe for what a retraction is to take out, without holding anything. */
import { sql, type RawBuilder } from 'kysely';

import type { RetractionQuestion } from './retractions.js';
import type { RouterKey, Store } from './store.js';

/** Versions of a stripe above `after`, up to and with `upTo`. */
export interface LookedAt {
  readonly after: number;
  readonly upTo: number;
  /** Rows of the log that are the source's: outcomes that count, and values that were replaced since. */
  readonly hits: number;
  readonly outcomes: number;
}

/** Rows to one transaction, unless a single version has more. */
const mostHits = 500;
const firstVersions = 64;
/** Rows that one look should read. */
const rowsWanted = 20_000;

/** What a retraction is about, of rows that none has taken out. */
export const isRetractable = ({ source, since, until }: RetractionQuestion): RawBuilder<unknown> =>
  sql`source = ${source} and received_at >= ${since} and retraction = 0
    ${until ? sql`and received_at < ${until}` : sql``}`;

/** The log between two versions, in pieces that one transaction can change. */
export async function* lookAhead(
  store: Store,
  key: RouterKey,
  stripe: number,
  question: RetractionQuestion,
  from: number,
  to: number,
): AsyncGenerator<LookedAt> {
  let versions = firstVersions;
  for (let after = from; after < to;) {
    const end = Math.min(to, after + versions);
    const found = await look(store, key, stripe, question, after, end);
    const read = found.reduce((sum, row) => sum + row.read, 0);
    if (read < rowsWanted / 2) versions *= 2;
    else if (read > rowsWanted * 2) versions = Math.max(1, versions >> 1);
    yield* pieces(found, after, end);
    after = end;
  }
}

interface FoundVersion {
  readonly version: number;
  readonly read: number;
  readonly outcomes: number;
  readonly replaced: number;
}

function* pieces(found: readonly FoundVersion[], from: number, end: number): Generator<LookedAt> {
  let [after, hits, outcomes] = [from, 0, 0];
  for (const row of found) {
    const more = row.outcomes + row.replaced;
    if (hits > 0 && hits + more > mostHits) {
      yield { after, upTo: row.version - 1, hits, outcomes };
      [after, hits, outcomes] = [row.version - 1, 0, 0];
    }
    hits += more;
    outcomes += row.outcomes;
  }
  yield { after, upTo: end, hits, outcomes };
}

async function look(
  store: Store,
  { tenant, router }: RouterKey,
  stripe: number,
  question: RetractionQuestion,
  after: number,
  upTo: number,
): Promise<FoundVersion[]> {
  const ofStripe = sql`tenant = ${tenant} and router = ${router} and stripe = ${stripe}`;
  const { rows } = await sql<FoundVersion>`
    select version, sum(read)::bigint as read, sum(outcomes)::bigint as outcomes, sum(replaced)::bigint as replaced
    from (
      select stripe_version as version, count(*) as read, count(*) filter (where ${isRetractable(question)}) as outcomes,
        0 as replaced
      from feedback where ${ofStripe} and stripe_version > ${after} and stripe_version <= ${upTo}
      group by stripe_version
      union all
      select replaced_version, count(*), 0, count(*) filter (where ${isRetractable(question)})
      from feedback_corrections where ${ofStripe} and replaced_version > ${after} and replaced_version <= ${upTo}
      group by replaced_version
    ) as counted
    group by version order by version`.execute(store.db);
  return rows;
}
