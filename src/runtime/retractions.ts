/** What sources reported, taken back: asked for here, worked on here, and gone on with where another process ended. */
import Type, { type Static } from 'typebox';

import { invalidAt } from '../routing/problem.js';
import { logFloor } from '../store/partitions.js';
import { countRetractable, retract } from '../store/retract.js';
import {
  abandonedRetractions,
  claimRetraction,
  listRetractions,
  readRetraction,
  requestRetraction,
  type Retraction,
  type RetractionQuestion,
} from '../store/retractions.js';
import type { RouterKey, Store } from '../store/store.js';

const text = (description: string) =>
  Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]{1,200}$', description });

export const RetractionBody = Type.Object(
  {
    source: Type.String({
      pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]{0,200}$',
      description: 'as the outcomes named it; empty: outcomes that named none',
    }),
    since: Type.String({ format: 'date-time', description: 'outcomes that came in from then on' }),
    until: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'and before then; by default everything that was acknowledged before this request',
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'only count them' })),
    requested_by: Type.Optional(text('who asks, for the record')),
    reason: Type.Optional(text('why, for the record')),
  },
  { additionalProperties: false },
);
export type RetractionBody = Static<typeof RetractionBody>;

export interface RetractionState {
  readonly router: string;
  readonly retraction: number;
  readonly source: string;
  readonly since: string;
  readonly until?: string;
  readonly requested_by: string;
  readonly reason: string;
  readonly requested_at: string;
  readonly finished_at?: string;
  readonly status: 'running' | 'finished';
  /** Share of the log that was gone through, in [0, 1]. */
  readonly progress: number;
  /** Taken out of the statistics so far, and how many of them gave way to what they had replaced. */
  readonly outcomes: number;
  readonly restored: number;
  readonly warnings: readonly string[];
}

/** What a retraction would do. */
export interface RetractionPreview {
  readonly router: string;
  readonly source: string;
  readonly since: string;
  readonly until?: string;
  readonly status: 'dry-run';
  readonly outcomes: number;
  readonly warnings: readonly string[];
}

interface RetractionsHost {
  readonly store: Store;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Told how many outcomes of a router were taken out here. */
  readonly onRetracted: (router: string, outcomes: number) => void;
  readonly logger: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

export class Retractions {
  private readonly running = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();

  constructor(private readonly host: RetractionsHost) {}

  /** @throws Problem 'invalid-request' | 'retraction-running' */
  async request(key: RouterKey, body: RetractionBody): Promise<RetractionState | RetractionPreview> {
    const { store, owner, logger, clock } = this.host;
    const question = questionOf(body, clock());
    if (body.dry_run === true) return this.preview(key, question);
    const { requested_by: requestedBy = '', reason = '' } = body;
    const retraction = await requestRetraction(store, key, { ...question, requestedBy, reason }, owner);
    logger.info({ router: key.router, ...body, retraction: retraction.retraction }, 'a retraction was asked for');
    if (await claimRetraction(store, key, retraction.retraction, owner)) this.work(key, retraction.retraction);
    return this.stateOf(key, retraction);
  }

  async list(key: RouterKey): Promise<RetractionState[]> {
    const found = await listRetractions(this.host.store, key);
    return Promise.all(found.map((retraction) => this.stateOf(key, retraction)));
  }

  /** @throws Problem 'unknown-retraction' */
  async read(key: RouterKey, retraction: number): Promise<RetractionState> {
    return this.stateOf(key, await readRetraction(this.host.store, key, retraction));
  }

  /** Goes on with what other processes left unfinished; to be run every few seconds. */
  async resume(): Promise<void> {
    const { store, owner } = this.host;
    for (const { retraction, ...key } of await abandonedRetractions(store)) {
      if (await claimRetraction(store, key, retraction, owner)) this.work(key, retraction);
    }
  }

  /** Ends what is under way between two pages; another process, or the next start, goes on with it. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running.values());
  }

  private work(key: RouterKey, number: number): void {
    const name = JSON.stringify([key.tenant, key.router, number]);
    if (this.running.has(name) || this.stop.signal.aborted) return;
    const { store, owner, logger, onRetracted } = this.host;
    const run = { worker: owner, signal: this.stop.signal, onPage: (n: number) => onRetracted(key.router, n) };
    const work = retract(store, key, number, run)
      .then(({ finishedAt, outcomes, restored }) => {
        const found = { router: key.router, retraction: number, outcomes, restored };
        if (finishedAt) logger.info(found, 'a retraction is finished');
      })
      .catch((error: unknown) => {
        const found = { router: key.router, retraction: number, error: String(error) };
        logger.warn(found, 'a retraction was interrupted; it is gone on with');
      })
      .finally(() => this.running.delete(name));
    this.running.set(name, work);
  }

  private async preview(key: RouterKey, question: RetractionQuestion): Promise<RetractionPreview> {
    const outcomes = await countRetractable(this.host.store, key, question);
    const warnings = [...nothingMatched(key, question, outcomes), ...(await this.warnings())];
    return { router: key.router, ...toldQuestion(question), status: 'dry-run', outcomes, warnings };
  }

  private async stateOf(key: RouterKey, retraction: Retraction): Promise<RetractionState> {
    const { finishedAt, requestedBy, reason, requestedAt, outcomes, restored } = retraction;
    return {
      router: key.router,
      retraction: retraction.retraction,
      ...toldQuestion(retraction),
      requested_by: requestedBy,
      reason,
      requested_at: requestedAt.toISOString(),
      ...(finishedAt ? { finished_at: finishedAt.toISOString() } : {}),
      status: finishedAt ? 'finished' : 'running',
      progress: finishedAt ? 1 : progressOf(retraction),
      outcomes,
      restored,
      warnings: [...(finishedAt ? nothingMatched(key, retraction, outcomes) : []), ...(await this.warnings())],
    };
  }

  /** What was dropped from the log can be taken out of the statistics no more. */
  private async warnings(): Promise<string[]> {
    const floor = await logFloor(this.host.store.db);
    if (floor.getTime() === 0) return [];
    const day = floor.toISOString().slice(0, 10);
    return [`the log begins with ${day}: what came of decisions before that day stays in the statistics`];
  }
}

function questionOf({ source, since, until }: RetractionBody, now: number): RetractionQuestion {
  const from = new Date(since);
  const to = until === undefined ? undefined : new Date(until);
  if (from.getTime() > now) {
    const detail = `expected since to be past, for only what has come in is taken back; got ${since}, and it is ${new Date(now).toISOString()}`;
    throw invalidAt('/since', detail);
  }
  if (!to || from < to) return { source, since: from, ...(to ? { until: to } : {}) };
  throw invalidAt('/since', `expected since before until, got ${since} and ${until}`);
}

/** Most often a name that is written otherwise: it is compared to the letter. */
function nothingMatched({ router }: RouterKey, { source, since }: RetractionQuestion, outcomes: number): string[] {
  if (outcomes > 0) return [];
  const whose = source === '' ? 'an outcome that named no source' : `an outcome of source "${source}"`;
  return [
    `nothing matched: expected ${whose} that came to ${router} since ${since.toISOString()} and still counts; ` +
      'sources are compared to the letter, and "tradewind export --tables feedback" shows those there are',
  ];
}

const toldQuestion = ({ source, since, until }: RetractionQuestion) => ({
  source,
  since: since.toISOString(),
  ...(until ? { until: until.toISOString() } : {}),
});

function progressOf({ horizon, progress }: Retraction): number {
  const sum = (versions: Readonly<Record<string, number>>) => Object.values(versions).reduce((a, b) => a + b, 0);
  const total = sum(horizon);
  return total === 0 ? 1 : sum(progress) / total;
}
