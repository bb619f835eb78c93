import { Problem } from '../routing/problem.js';
import type { LoggedDecision } from '../routing/decision.js';
import { decisionOf, type DecisionRow } from './decision-columns.js';
import { decisionTime } from './decision-time.js';
import type { RouterKey, Store } from './store.js';

/** @throws Problem 'unknown-decision', also for an id that no decision can have */
export async function readDecision(store: Store, key: RouterKey, id: string): Promise<LoggedDecision> {
  const decidedAt = timeOf(id);
  const row = await decisionsOf(store, key)
    .where('decided_at', '=', decidedAt)
    .where('decision_id', '=', id)
    .executeTakeFirst();
  if (!row) throw unknownDecision(id);
  return decisionOf(row as unknown as DecisionRow);
}

export interface Window {
  readonly from: Date;
  /** The first time that is outside. */
  readonly to: Date;
  /** The last decision of the page before. */
  readonly after?: string;
  readonly limit?: number;
}

/** A page of the decisions of a window, in the order of their time. */
export async function listDecisions(store: Store, key: RouterKey, window: Window): Promise<LoggedDecision[]> {
  const { from, to, after, limit = 1_000 } = window;
  const rows = await decisionsOf(store, key)
    .where('decided_at', '>=', after === undefined ? from : decisionTime(after))
    .where('decided_at', '<', to)
    // The time is the first part of the id, so ids alone carry the order.
    .$if(after !== undefined, (query) => query.where('decision_id', '>', after!))
    .orderBy('decided_at')
    .orderBy('decision_id')
    .limit(limit)
    .execute();
  return rows.map((row) => decisionOf(row as unknown as DecisionRow));
}

/** Every decision of a window, a page at a time. */
export async function* streamDecisions(
  store: Store,
  key: RouterKey,
  window: Omit<Window, 'after'>,
): AsyncGenerator<LoggedDecision[]> {
  let page = await listDecisions(store, key, window);
  while (page.length > 0) {
    yield page;
    page = await listDecisions(store, key, { ...window, after: page[page.length - 1].id });
  }
}

function decisionsOf(store: Store, { tenant, router }: RouterKey) {
  return store.db
    .selectFrom('decisions')
    .select(['tenant', 'router', 'decision_id', 'revision', 'schema', 'view', 'epoch', 'features', 'objective'])
    .select(['constraints', 'conditions', 'policy', 'candidates', 'probabilities', 'excluded', 'arm', 'propensity'])
    .where('tenant', '=', tenant)
    .where('router', '=', router);
}

function timeOf(id: string): Date {
  try {
    return decisionTime(id);
  } catch {
    throw unknownDecision(id);
  }
}

const unknownDecision = (id: string): Problem =>
  new Problem(
    'unknown-decision',
    `expected the id of a logged decision, got "${id}"; it may not be logged yet, belong to another router, or be too old`,
  );
