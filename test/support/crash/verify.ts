/** Compares what a store holds with what the clients were promised. */
import { decodeToken, macLength } from '../../../src/routing/token.js';
import { fold, outcomeRows } from '../../../src/routing/learn.js';
import { StatisticsTable, type Cell } from '../../../src/routing/statistics-table.js';
import { loadStatistics } from '../../../src/store/load-statistics.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { readRouter } from '../../../src/store/read-router.js';
import { refold } from '../../../src/store/refold.js';
import type { Store } from '../../../src/store/store.js';
import type { Acknowledged, Load } from './load.js';
import { failure } from './operation.js';

export interface Verified {
  readonly violations: readonly string[];
  /** Decisions that were answered but, the log being written behind, were not logged when the service was killed. */
  readonly unlogged: number;
}

const tenant = 'default';
const mostTold = 20;

/** @param load settled: everything it meant to report has been acknowledged */
export async function verify(store: Store, load: Load): Promise<Verified> {
  const violations = [...load.violations];
  const last = Math.max(...load.decisions.map(({ life }) => life));
  let unlogged = 0;
  for (const router of new Set(load.decisions.map((decision) => decision.router))) {
    const key = { tenant, router };
    const promised = [...load.acknowledged.values()].filter(({ decision }) => decision.router === router);
    violations.push(...(await wrongOutcomes(store, key, promised)));
    violations.push(...(await wrongStatistics(store, key, promised)));
    const logged = await loggedIds(store, key);
    const missing = load.decisions.filter(({ id, ...made }) => made.router === router && !logged.has(id));
    unlogged += missing.length;
    // The last life ended in order, and then everything is flushed.
    for (const { id } of missing.filter(({ life }) => life === last))
      violations.push(`decision ${id} was answered, and not logged before an orderly end`);
  }
  const { corrections } = await store.db
    .selectFrom('feedback_corrections')
    .select(({ fn }) => fn.countAll<number>().as('corrections'))
    .executeTakeFirstOrThrow();
  if (Number(corrections) !== load.corrections)
    violations.push(`${load.corrections} corrections were acknowledged, ${corrections} are stored`);
  return { violations: violations.slice(0, mostTold), unlogged };
}

async function loggedIds(store: Store, { tenant, router }: { tenant: string; router: string }): Promise<Set<string>> {
  const rows = await store.db
    .selectFrom('decisions')
    .select('decision_id')
    .where('tenant', '=', tenant)
    .where('router', '=', router)
    .execute();
  return new Set(rows.map((row) => row.decision_id));
}

/** Every acknowledged outcome is there once, with the value last acknowledged, and nothing else is. */
async function wrongOutcomes(
  store: Store,
  key: { tenant: string; router: string },
  promised: readonly Acknowledged[],
): Promise<string[]> {
  const ids = [...new Set(promised.map(({ decision }) => decision.id))];
  const stored = await readOutcomes(store, key, ids);
  const found = new Map<string, number[]>();
  for (const { decisionId, metric, value } of stored) {
    const name = `${decisionId} ${metric}`;
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  const wrong = promised.flatMap(({ decision, metric, value }) => {
    const name = `${decision.id} ${metric}`;
    const values = found.get(name) ?? [];
    found.delete(name);
    return values.length === 1 && values[0] === value ? [] : [`${name}: ${value} was promised, [${values}] is stored`];
  });
  const { count } = await store.db
    .selectFrom('feedback')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant', '=', key.tenant)
    .where('router', '=', key.router)
    .executeTakeFirstOrThrow();
  if (Number(count) !== promised.length) wrong.push(`${promised.length} outcomes were promised, ${count} are stored`);
  return [...wrong, ...[...found.keys()].map((name) => `${name} is stored, and was never acknowledged`)];
}

/** The live statistics, the fold of the log, and the sums of what was promised, reckoned from the tokens alone. */
async function wrongStatistics(
  store: Store,
  key: { tenant: string; router: string },
  promised: readonly Acknowledged[],
): Promise<string[]> {
  const { spec } = await readRouter(store, key);
  const table = new StatisticsTable();
  for (const { decision, metric, value } of promised) {
    const target = decodeToken(Buffer.from(decision.token, 'base64url').subarray(0, -macLength));
    const item = metric === failure ? { failed: true } : { metrics: { [metric]: value } };
    for (const row of outcomeRows(spec, target, item)) fold(table, spec, row, 1);
  }
  const expected = textOf(table.cells());
  const wrong: string[] = [];
  if (textOf((await loadStatistics(store, key)).cells) !== expected)
    wrong.push(`the statistics of ${key.router} are not the sums of what was promised`);
  if (textOf((await refold(store, key)).cells) !== expected)
    wrong.push(`the log of ${key.router} does not fold to the sums of what was promised`);
  return wrong;
}

const textOf = (cells: readonly Cell[]): string =>
  cells
    .map(
      ({ key: { schema, arm, metric, epoch }, statistics }) =>
        `${JSON.stringify([schema, arm, metric, epoch])} ${Buffer.from(statistics.toBytes()).toString('base64')}`,
    )
    .sort()
    .join('\n');
