/** Small routers and outcomes for tests of the pure domain. */
import { uuidv7obj, V7Generator } from 'uuidv7';

import { decide, type Decision } from '../../src/routing/decide.js';
import type { DecisionConditions } from '../../src/routing/decision.js';
import { outcomeRows } from '../../src/routing/learn.js';
import type { RouteRequest } from '../../src/routing/request.js';
import { buildRouter, type Router, type RouterParts } from '../../src/routing/router.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { ViewMaker, type View } from '../../src/routing/view.js';

export const specOf = (over: Partial<RouterSpec> = {}): RouterSpec => ({
  id: 'r',
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: ['qa', 'code'] }],
  objective: { accuracy: 1, energy_j: -0.001 },
  ...over,
});

export const routerOf = (over: Partial<RouterSpec> = {}, parts: Partial<RouterParts> = {}): Router =>
  buildRouter({
    tenant: 'default',
    spec: specOf(over),
    revision: 1,
    profiles: [],
    encoders: new Map(),
    secret: Uint8Array.from({ length: 32 }, (_, i) => i),
    ...parts,
  });

/** Nothing is scarce and nothing is broken. */
export const calm = ({ spec }: Router): DecisionConditions => ({
  prices: (spec.budgets ?? []).map(() => 0),
  ceilings: (spec.budgets ?? []).map(() => Infinity),
  allowances: (spec.budgets ?? []).map(() => Infinity),
  broken: [],
});

export const viewOf = (router: Router, table = new StatisticsTable(), epoch = 0): View =>
  new ViewMaker(router).form(table, epoch, {});

/** Decision ids with a counting random part, so that tests draw the same numbers each run. */
export function idMaker(ms = 1_760_000_000_000): () => string {
  let state = 1;
  const generator = new V7Generator({
    nextUint32: () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state;
    },
  });
  return () => generator.generateOrResetWithTs(ms).toString();
}

export const newId = (): string => uuidv7obj().toString();

export const ask = (
  view: View,
  over: Partial<RouteRequest> = {},
  id: string = newId(),
  conditions = calm(view.router),
): Decision => decide(view, conditions, { router: view.router.spec.id, context: { task: 'qa' }, ...over }, id);

/** The rows of an outcome of a decision. */
export const rowsFor = (router: Router, { logged }: Decision, metrics: Record<string, number>) =>
  outcomeRows(router.spec, { ...logged, decisionId: logged.id }, { metrics });
