/** The common level of a metric without profiles: where the belief in an arm that was never tried is pulled to. */
import { pooledMean } from '../../policies/linear/level.js';
import { evidenceSeen } from './changes/recorded.js';
import type { Router } from './router.js';
import type { StatisticsTable } from './statistics-table.js';

/** Two digits: the level moves seldom, so most posteriors stay as they are when one arm learns. */
const LEVEL_DIGITS = 2;

/**
 * Mean outcome of all arms, leaving out what is forgotten altogether; where they declare list prices of the metric, per
 * unit of list price.
 * @param epoch the epoch that it is looked at from
 */
export function commonLevel(router: Router, table: StatisticsTable, m: number, epoch: number): number {
  const { arms, metrics, schema, scales, settings } = router;
  const seen = { changes: settings.changes, present: epoch, forgets: settings.halfLifeMs !== undefined };
  const metric = metrics[m].name;
  const shares = arms.flatMap((arm, k) => {
    const cells = table.epochs(schema, arm, metric);
    return evidenceSeen(cells, arm, metric, seen).map(({ statistics, scale, offset = 0 }) => ({
      count: statistics.count,
      mean: (pooledMean([statistics], scales[m]) * scale + offset) / listPrice(router, m, k),
    }));
  });
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  const total = shares.reduce((sum, share) => sum + share.count * share.mean, 0);
  return count === 0 ? 0 : Number((total / count).toPrecision(LEVEL_DIGITS));
}

/** The level that the belief in an arm is pulled to, in the unit of the metric. @param common from {@link commonLevel} */
export const levelOf = (router: Router, common: number | undefined, m: number, k: number): number | undefined =>
  common === undefined ? undefined : common * listPrice(router, m, k);

const listPrice = ({ spec, metricNames }: Router, m: number, k: number): number =>
  spec.arms[k].list_price?.[metricNames[m]] ?? 1;
