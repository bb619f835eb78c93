import { describe, expect, it } from 'vitest';

import { metricsOf, settingsOf } from '../../../src/routing/settings.js';
import type { RouterSpec } from '../../../src/routing/spec.js';
import { assertRouter, routerErrors } from '../../../src/routing/validate-spec.js';
import { withEncoder } from '../../../src/runtime/spec-changes.js';
import { routerOf } from '../../support/routing.js';

const spec = (over: Partial<RouterSpec> = {}): RouterSpec => ({
  id: 'r',
  arms: [{ id: 'a' }, { id: 'b' }],
  features: [{ name: 'task', type: 'category', values: ['qa'] }],
  objective: { accuracy: 1 },
  ...over,
});
const pointers = (over: Partial<RouterSpec>) => routerErrors(spec(over)).map((error) => error.pointer);

describe('a router too large to be believed in', () => {
  it('is refused before anything is formed: by its features, or by all of its beliefs together', () => {
    const vector = (dimension: number) => [{ name: 'v', type: 'vector' as const, dimension }];
    const refused = expect.objectContaining({ code: 'invalid-router' });
    expect(() => routerOf({ features: vector(5000) })).toThrow(refused);
    const arms = Array.from({ length: 200 }, (_, i) => ({ id: `a${i}` }));
    expect(() => routerOf({ arms, features: vector(1000) })).toThrow(/1 GiB, got 3 GiB for 800 arms × metrics/);
  });
});

describe('a router declaration', () => {
  it('that agrees with itself has no errors', () => {
    expect(routerErrors(spec())).toEqual([]);
  });

  it.each<[string, Partial<RouterSpec>, string]>([
    ['names an arm twice', { arms: [{ id: 'a' }, { id: 'a' }] }, '/arms/1'],
    ['weighs an unknown metric', { objective: { acuracy: 1 } }, '/objective/acuracy'],
    ['weighs nothing', { objective: { accuracy: 0 } }, '/objective'],
    [
      'has a range upside down',
      { features: [{ name: 'n', type: 'number', minimum: 2, maximum: 1 }] },
      '/features/0/maximum',
    ],
    ['budgets an unknown metric', { budgets: [{ metric: 'water_l', per_request: 1 }] }, '/budgets/0/metric'],
    ['has a baseline that is no arm', { baseline: 'c' }, '/baseline'],
    ['fixes an arm that is none', { policy: { name: 'fixed', arm: 'c' } }, '/policy/arm'],
    ['forgets in no time', { half_life: '0d' }, '/half_life'],
    ...[5e-324, 1e120].map((maximum): [string, Partial<RouterSpec>, string] => [
      `measures in a unit that has ${maximum}`,
      { metrics: [{ name: 'odd', unit: '1', minimum: 0, maximum }] },
      '/metrics/0/maximum',
    ]),
    [
      'multiplies old values out of all numbers',
      {
        changes: [20, 21].map((day) => ({ at: `2026-11-${day}T00:00:00Z`, arm: 'a', metric: 'cost_usd', scale: 1e20 })),
      },
      '/changes/0/scale',
    ],
    ['forgets in a million years', { half_life: '365000000d' }, '/half_life'],
    ['waits longer for outcomes than ten years', { feedback_window: '3651d' }, '/feedback_window'],
    ['keeps a broken arm out for good', { breaker: { cooldown: '999999999h' } }, '/breaker/cooldown'],
    ['budgets an age', { budgets: [{ metric: 'cost_usd', limit: 1, per: '87601h' }] }, '/budgets/0/per'],
    [
      'declares the reserved metric',
      { metrics: [{ name: 'failed', unit: '1', minimum: 0, maximum: 1 }] },
      '/metrics/0/name',
    ],
  ])('that %s is refused at the field', (_, over, pointer) => {
    expect(pointers(over)).toContain(pointer);
  });

  it('may give a text a fitted encoder beside embeddings, for when none come in time', () => {
    const embeddings = { url: 'http://127.0.0.1/', model: 'small', dimension: 3 };
    const text = { name: 'prompt', type: 'text' as const, dimension: 8, encoder: 'f00d', embeddings };
    expect(routerErrors(spec({ features: [text] }))).toEqual([]);
  });

  it('keeps the embeddings of a text that is given a fitted encoder', () => {
    const embeddings = { url: 'http://127.0.0.1/', model: 'small', dimension: 3 };
    const before = spec({ features: [{ name: 'prompt', type: 'text', dimension: 8, embeddings }] });
    expect(withEncoder(before, 'prompt', { hash: 'f00d', dimension: 24 }).features).toEqual([
      { name: 'prompt', type: 'text', dimension: 24, encoder: 'f00d', embeddings },
    ]);
  });

  it('that misspells a metric hears which one was probably meant', () => {
    const [error] = routerErrors(spec({ objective: { accuracy: 1, enrgy_j: -1 } }));
    expect(error.detail).toMatch(/^expected a metric of the router \(.*\), got "enrgy_j"; did you mean "energy_j"\?$/);
  });

  it.each([
    ['enrgy_j', /; did you mean "energy_j"\?$/],
    ['zzz', /; declare it in metrics$/],
  ])('that gives a budget or a change to %s hears how to mend it', (metric, repair) => {
    const budgets = [{ metric, per_request: 1 }];
    const changes = [{ at: '2026-11-23T21:42:00Z', arm: 'a', metric }];
    const errors = routerErrors(spec({ budgets, changes }));
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/budgets/0/metric', '/changes/0/metric']);
    for (const { detail } of errors) expect(detail).toMatch(repair);
  });

  it('may take back with one change what another multiplied', () => {
    const change = { arm: 'a', metric: 'cost_usd' };
    const changes = [1e20, 1e-20, 1e20].map((scale, i) => ({ ...change, at: `2026-11-2${i}T00:00:00Z`, scale }));
    expect(routerErrors(spec({ changes }))).toEqual([]);
  });

  it('is refused with every fault at once', () => {
    const faulty = spec({ arms: [{ id: 'a' }, { id: 'a' }], objective: { speed: 1 }, baseline: 'z' });
    expect(() => assertRouter(faulty)).toThrow(
      expect.objectContaining({
        code: 'invalid-router',
        errors: expect.arrayContaining([expect.anything(), expect.anything(), expect.anything()]),
      }),
    );
  });

  it('may narrow a built-in metric and add its own', () => {
    const metrics = metricsOf({
      metrics: [
        { name: 'cost_usd', unit: 'USD', minimum: 0, maximum: 1 },
        { name: 'stars', unit: '1', minimum: 0, maximum: 5 },
      ],
    });
    expect(metrics.map(({ name }) => name)).toEqual(['accuracy', 'energy_j', 'latency_ms', 'cost_usd', 'stars']);
    expect(metrics[3].maximum).toBe(1);
  });

  it('may name durations of up to ten years', () => {
    expect(routerErrors(spec({ half_life: '3650d', feedback_window: '87600h' }))).toEqual([]);
    const [error] = routerErrors(spec({ half_life: '3651d' }));
    expect(error.detail).toBe('expected a duration of at most 3650d, got "3651d"');
  });

  it('reads its durations in milliseconds', () => {
    expect(settingsOf(spec({ half_life: '2h' })).halfLifeMs).toBe(7_200_000);
  });
});
