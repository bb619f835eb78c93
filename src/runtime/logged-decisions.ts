/** Decisions that were made here or elsewhere: found by their id, in the log or on their way there, and explained. */
import { explain, type Explanation } from '../routing/explain.js';
import type { LoggedDecision } from '../routing/decision.js';
import { horizonOf } from '../routing/horizon.js';
import type { FeedbackTarget } from '../routing/learn.js';
import { Problem } from '../routing/problem.js';
import { buildRouter } from '../routing/router.js';
import { StatisticsTable } from '../routing/statistics-table.js';
import { isUuidV7, uuidBytes, uuidText, uuidTimeMs } from '../routing/uuid.js';
import { readDecision } from '../store/read-decisions.js';
import { readRouter } from '../store/read-router.js';
import { statisticsAt } from '../store/statistics-at.js';
import type { RouterKey, Store } from '../store/store.js';
import type { DecisionBatcher } from './decision-batcher.js';
import { partsOf } from './router-parts.js';

export class LoggedDecisions {
  /** @param queue decisions that wait to be logged */
  constructor(
    private readonly store: Store,
    private readonly queue: Pick<DecisionBatcher, 'find'>,
  ) {}

  /** What feedback that names a decision teaches. @param routers whose it may be @throws Problem 'unknown-decision' */
  async target(routers: readonly RouterKey[], id: string): Promise<FeedbackTarget> {
    for (const router of routers) {
      const logged = await this.find(router, id).catch(unlessUnknown);
      if (logged) return { ...logged, decisionId: logged.id };
    }
    const whose = routers.length === 1 ? routers[0].router : 'any router';
    throw new Problem('unknown-decision', `expected the id of a decision of ${whose}, got ${id}`);
  }

  /** Recomputes a decision from the statistics it was made from. @throws Problem 'unknown-decision' */
  async explain(key: RouterKey, id: string): Promise<Explanation> {
    const { store } = this;
    const logged = await this.find(key, id);
    const then = await readRouter(store, key, logged.revision);
    const router = buildRouter(await partsOf(store, then));
    const decidedAt = new Date(uuidTimeMs(uuidBytes(logged.id)));
    const windowMs = router.settings.feedbackWindowMs;
    const horizon = horizonOf(router, logged.epoch);
    const cells = await statisticsAt(store, key, { versions: logged.view, decidedAt, windowMs, horizon });
    const table = new StatisticsTable();
    for (const cell of cells) table.merge(cell);
    return explain(router, table, logged);
  }

  private async find({ tenant, router }: RouterKey, id: string): Promise<LoggedDecision> {
    if (!isUuidV7(uuidBytes(id)))
      throw new Problem('unknown-decision', `expected the id of a decision, a UUIDv7; got ${id}`);
    const waiting = this.queue.find(uuidText(uuidBytes(id)));
    if (waiting?.router === router) return waiting;
    return readDecision(this.store, { tenant, router }, id);
  }
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'unknown-decision') return undefined;
  throw error;
}
