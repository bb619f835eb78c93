/**
 * Fills the logs of a router with copies of a decision and its outcomes, a day's part on each of the last days, straight in
 * the tables: no process could decide ten million times for a measurement. They belong to a stripe of their own, which
 * counts as folded, so that whoever starts has nothing to fold; they have keys, times and sizes as real ones do.
 */
import type pg from 'pg';

export interface Filling {
  readonly router: string;
  /** Rows of both logs that there should be. */
  readonly rows: number;
  /** Over which they are spread, back from now. */
  readonly days: number;
}

const stripe = 900;
/** Decisions to one statement. */
const portion = 200_000;
const rowsOfBatch = 500;
const dayMs = 86_400_000;

interface Kept {
  readonly decisions: number;
  readonly outcomes: number;
}

/** @param client of a database that has at least one decision of the router, with outcomes, and its days */
export async function fill(client: pg.Client, { router, rows, days }: Filling): Promise<Kept> {
  await client.query(
    `create table if not exists pattern_decision as select * from decisions where router = $1 limit 1`,
    [router],
  );
  await client.query(`create table if not exists pattern_outcomes as select * from feedback
    where router = '${router}' and decision_id = (select decision_id from pattern_decision)`);
  const { rows: counted } = await client.query<{ outcomes: number }>(
    'select count(*)::int as outcomes from pattern_outcomes',
  );
  const { outcomes } = counted[0]!;
  if (outcomes === 0) throw new Error(`expected a decision of router ${router} with outcomes to copy`);
  const wanted = Math.floor(rows / (1 + outcomes));
  const { rows: made } = await client.query<{ n: string | null }>(
    'select max(version) * $1 as n from stripes where router = $2 and stripe = $3',
    [rowsOfBatch, router, stripe],
  );
  for (let from = Number(made[0]!.n ?? 0); from < wanted; from += portion)
    await copies(client, { from, upTo: Math.min(wanted, from + portion), total: wanted, days });
  await client.query(
    `insert into stripes (tenant, router, stripe, version, folded, owner, changed_at)
     select tenant, router, $1, $2, $2, 'filled', now() from pattern_decision
     on conflict (tenant, router, stripe) do update set version = excluded.version, folded = excluded.folded`,
    [stripe, Math.ceil(wanted / rowsOfBatch)],
  );
  // Whoever watches for changes has seen them too, as it would had they come one by one.
  await client.query(
    `update watches set position = (position::jsonb || jsonb_build_object($1::text, $2::bigint))::json where router = $3`,
    [String(stripe), Math.ceil(wanted / rowsOfBatch), router],
  );
  await client.query('vacuum (analyze) decisions, feedback');
  await client.query('checkpoint');
  return { decisions: wanted, outcomes: wanted * outcomes };
}

interface Portion {
  readonly from: number;
  readonly upTo: number;
  readonly total: number;
  readonly days: number;
}

/** In the order of their keys, as decisions come: an id is a UUIDv7 of its time and a number. */
async function copies(client: pg.Client, { from, upTo, total, days }: Portion): Promise<void> {
  // Each size goes a little less far back than the one before, so that no two rows have one key.
  const start = Date.now() - days * dayMs + from;
  const made = `(
    select n, timestamptz 'epoch' + ms * interval '1 millisecond' as at,
      (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid as id
    from (
      select n, ${start} + (n::numeric * ${(days * dayMs) / total})::bigint as ms from generate_series(${from}, ${upTo - 1}) as n
    ) numbered
  ) as made`;
  await client.query(`
    insert into decisions (tenant, router, decided_at, decision_id, revision, schema, view, epoch, features, objective,
      constraints, conditions, policy, candidates, probabilities, excluded, arm, propensity)
    select tenant, router, made.at, made.id, revision, schema, view, epoch, features, objective, constraints,
      conditions, policy, candidates, probabilities, excluded, arm, propensity
    from ${made} cross join pattern_decision order by made.n`);
  await client.query(`
    insert into feedback (tenant, router, decided_at, decision_id, metric, value, target, arm, chosen, propensity,
      schema, epoch, features, source, received_at, stripe, stripe_version)
    select tenant, router, made.at, made.id, metric, value, target, arm, chosen, propensity, schema, epoch, features,
      source, made.at, ${stripe}, 1 + made.n / ${rowsOfBatch}
    from ${made} cross join pattern_outcomes order by made.n`);
}
