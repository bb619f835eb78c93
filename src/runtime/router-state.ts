import type { HostedRouter } from './hosted-router.js';
import type { RouterState } from './service.js';

/** A router as its owner sees it. */
export function stateOf({ record, live }: HostedRouter): RouterState {
  const { router, view } = live;
  const { schema, dimension, labels } = router.encoder;
  return {
    spec: record.spec,
    revision: record.revision,
    created_at: record.createdAt.toISOString(),
    changed_at: record.changedAt.toISOString(),
    features: { schema, dimension, labels },
    outcomes: Object.fromEntries(router.metricNames.map((metric, m) => [metric, view.outcomes[m]])),
    view: Object.entries(live.versions)
      .map(([stripe, version]) => `${stripe}.${version}`)
      .join(','),
  };
}
