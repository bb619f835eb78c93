import { buildRouter } from '../../routing/router.js';
import { uuidBytes, uuidTimeMs } from '../../routing/uuid.js';
import { exportState } from '../../runtime/exported-state.js';
import { partsOf } from '../../runtime/router-parts.js';
import { listDecisions } from '../../store/read-decisions.js';
import { readRouter } from '../../store/read-router.js';
import type { RouterKey } from '../../store/store.js';
import { statisticsAt } from '../../store/statistics-at.js';
import type { Store } from '../../store/store.js';
import type { TimeWindow } from './tables.js';

/**
 * What a router was and had learned when it made the first decision of a window, as `tradewind state export` would have
 * written it then: found by going back through the log, exactly.
 * @returns undefined for a window without decisions
 * @throws Problem 'not-explainable' when the log since then is not all there
 */
export async function stateBefore(store: Store, key: RouterKey, window: TimeWindow): Promise<string | undefined> {
  const [first] = await listDecisions(store, key, { ...window, limit: 1 });
  if (!first) return undefined;
  const router = buildRouter(await partsOf(store, await readRouter(store, key, first.revision)));
  const statistics = await statisticsAt(store, key, {
    versions: first.view,
    decidedAt: new Date(uuidTimeMs(uuidBytes(first.id))),
    windowMs: router.settings.feedbackWindowMs,
  });
  return `${JSON.stringify(exportState({ router, statistics }))}\n`;
}
