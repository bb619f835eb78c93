import { expect, it } from 'vitest';

import type { RouterSpec } from '../../../src/routing/spec.js';
import { setGauges } from '../../../src/runtime/gauges.js';
import { LiveRouter } from '../../../src/runtime/live-router.js';
import { Metrics } from '../../../src/runtime/metrics.js';
import { routerOf } from '../../support/routing.js';

const now = 1_760_000_000_000;
const queue = { waiting: 0, oldest: undefined };
const budgets = [{ metric: 'cost_usd', per_request: 0.01 }];
const live = (over: Partial<RouterSpec>) => new LiveRouter({ parts: routerOf(over), clock: () => now });

/** What is told of a router's budgets and breakers. */
async function told(metrics: Metrics, routers: readonly LiveRouter[]): Promise<string[]> {
  setGauges(
    metrics,
    queue,
    routers.map((router) => ({ live: router, waiting: 0 })),
    now,
  );
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => /^tradewind_(budget_price|breaker_open)\{/.test(line));
}

it('tell of budgets and arms as long as there are such, and of closed breakers where one is declared', async () => {
  const metrics = new Metrics();
  const [paced, plain] = [live({ id: 'paced', budgets }), live({ id: 'plain', breaker: { failures: 3 } })];
  expect(await told(metrics, [paced, plain])).toEqual([
    'tradewind_budget_price{router="paced",budget="cost_usd per request"} 0',
    'tradewind_breaker_open{router="plain",arm="small"} 0',
    'tradewind_breaker_open{router="plain",arm="large"} 0',
  ]);
  paced.replace(routerOf({ id: 'paced' }));
  expect(await told(metrics, [paced])).toEqual([]);
});
