import type { Store } from '../store/store.js';
import type { RuntimeLogger } from './runtime-logger.js';
import type { Tracing } from './tracing.js';

export interface TradewindOptions {
  /** Open and migrated; closed with the service. */
  readonly store: Store;
  /** Secrets that sign feedback tokens, newest first; without one, keys are made and kept in the store. */
  readonly secrets?: readonly string[];
  /** Makes the router `default` from the shipped profiles when there is no router yet. */
  readonly seedExample?: boolean;
  readonly logger?: RuntimeLogger;
  readonly clock?: () => number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Decisions that may wait to be logged, and outcomes of one router, and of all, that may wait to be stored. */
  readonly decisionCapacity?: number;
  readonly feedbackCapacity?: number;
  readonly totalFeedbackCapacity?: number;
  readonly pollMs?: number;
  /** How long decisions that still wait at the end may take to be logged. */
  readonly drainMs?: number;
  /** Without it, nothing is traced. */
  readonly tracing?: Tracing;
}
