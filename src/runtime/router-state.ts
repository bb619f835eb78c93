import type { RouterRecord } from '../store/router-record.js';
import type { LiveRouter } from './live-router.js';
import type { RouterState } from './service.js';

interface Standing {
  readonly record: Pick<RouterRecord, 'spec' | 'revision' | 'createdAt' | 'changedAt'> &
    Partial<Pick<RouterRecord, 'changes'>>;
  readonly live: LiveRouter;
}

/** A router as its owner sees it. */
export function stateOf({ record, live }: Standing): RouterState {
  const { router, view } = live;
  const { dimension, labels, schema } = router.encoder;
  return {
    spec: record.spec,
    revision: record.revision,
    created_at: record.createdAt.toISOString(),
    changed_at: record.changedAt.toISOString(),
    features: { schema, dimension, labels },
    ...(record.changes ? { detected_changes: record.changes } : {}),
    outcomes: Object.fromEntries(router.metricNames.map((metric, m) => [metric, view.outcomes[m]])),
    view: Object.entries(live.versions)
      .map(([stripe, version]) => `${stripe}.${version}`)
      .join(','),
  };
}
