import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import type { RouterParts } from '../../../src/routing/router.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import { LiveRouter, type LiveRouterOptions } from '../../../src/runtime/live-router.js';
import { newId, routerOf, rowsFor, specOf } from '../../support/routing.js';

const at = '2026-11-26T00:00:00Z';
const before = Date.parse(at) - 1;
/** Beyond what the HTTP API takes: no level of the arm is a number after it. */
const changes = [{ at, arm: 'small', metric: 'cost_usd', offset: 1e308 }];
const partsOf = (over: Partial<RouterSpec> = {}): RouterParts => ({ ...routerOf(), spec: specOf(over) });

function liveRouter(over: Partial<RouterSpec>, options: Partial<LiveRouterOptions> = {}): LiveRouter {
  return new LiveRouter({ parts: partsOf(over), clock: () => before, ...options });
}

function decideAndLearn(live: LiveRouter): void {
  const request = { router: 'r', context: { task: 'qa' }, candidates: ['small'] };
  const decision = live.decide(request, newId());
  live.learn({ added: rowsFor(live.router, decision, { cost_usd: 1 }), corrected: [] });
}

describe('a live router', () => {
  it('stays as it was where no view can be formed of what is to replace it', () => {
    const live = liveRouter({}, { clock: () => before + 1 });
    decideAndLearn(live);
    const { router, view } = live;
    const refusal = expect.objectContaining({ code: 'invalid-router' });
    expect(() => live.assertReplaceable(partsOf({ changes }))).toThrow(refusal);
    expect(() => live.replace(partsOf({ changes }))).toThrow(refusal);
    expect([live.router, live.view]).toEqual([router, view]);
    decideAndLearn(live);
    live.close();
  });

  it('goes on from the view before where none can be formed of what it learned, and tells why', async () => {
    let now = before;
    const onUnformed = vi.fn();
    const live = liveRouter({ changes }, { clock: () => now, onUnformed });
    decideAndLearn(live);
    const request = { router: 'r', context: { task: 'qa' }, candidates: ['small'] };
    const decision = live.decide(request, newId());
    now++;
    // One of these forms at once, or both wait for the timer, as the machine is quick.
    for (let i = 0; i < 2; i++) live.learn({ added: rowsFor(live.router, decision, { cost_usd: 1 }), corrected: [] });
    while (onUnformed.mock.calls.length === 0) await sleep(5);
    expect(onUnformed).toHaveBeenCalledWith(expect.any(RangeError));
    live.close();
  });
});
