import { decisionTime } from './decision-time.js';
import type { RouterKey, Store } from './store.js';
import type { Window } from './read-decisions.js';

/**
 * The time from which on a window holds at most so many decisions, its newest; the window's own start when it holds fewer.
 * Decisions of one millisecond stay together, so a few more may be meant than asked for.
 */
export async function newestWindow(
  store: Store,
  { tenant, router }: RouterKey,
  { from, to }: Pick<Window, 'from' | 'to'>,
  limit: number,
): Promise<Date> {
  const row = await store.db
    .selectFrom('decisions')
    .select('decision_id')
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .where('decided_at', '>=', from)
    .where('decided_at', '<', to)
    .orderBy('decided_at', 'desc')
    .orderBy('decision_id', 'desc')
    .offset(limit - 1)
    .limit(1)
    .executeTakeFirst();
  return row ? decisionTime(row.decision_id) : from;
}
