/** What the page says, as far as it can be told without a page. */
import { describe, expect, it } from 'vitest';

const dashboard = (file: string): Promise<unknown> =>
  import(new URL(`../../../src/dashboard/${file}`, import.meta.url).href);

const { measured } = (await dashboard('format.js')) as {
  measured: (metric: string, value: number | undefined) => string;
};
const { shownMetrics, armsHint } = (await dashboard('arms.js')) as {
  shownMetrics: (state: object, answer: object) => string[];
  armsHint: (late?: object) => string;
};
const { plottedMetric } = (await dashboard('chart.js')) as { plottedMetric: (ranking: object[]) => string | undefined };

const ranked = (...expected: object[]) => expected.map((one) => ({ expected: one }));
const state = (objective: object) => ({ spec: { objective } });

describe('the dashboard', () => {
  it.each([
    ['cost_usd', 2.9e-5, '$0.000029'],
    ['cost_usd', 0.0006198, '$0.00062'],
    ['cost_usd', 12.345, '$12.3'],
    ['cost_usd', 0, '$0'],
    ['energy_j', 0.0123456, '0.0123 J'],
    ['accuracy', 0.8186, '81.9 %'],
    ['latency_ms', undefined, '–'],
  ])('writes %s %s as %s', (metric, value, text) => {
    expect(measured(metric, value)).toBe(text);
  });

  it('plots accuracy over energy, or else over what is known, or else not at all', () => {
    expect(plottedMetric(ranked({ accuracy: 1, energy_j: 3, cost_usd: 1 }))).toBe('energy_j');
    expect(plottedMetric(ranked({ accuracy: 1 }, { accuracy: 1, cost_usd: 1e-5 }))).toBe('cost_usd');
    expect(plottedMetric(ranked({ accuracy: 1, energy_j: 0 }))).toBeUndefined();
  });

  it('has a column for energy where any is known', () => {
    const objective = { accuracy: 1, cost_usd: -250 };
    const known = ranked({ accuracy: 0.8, cost_usd: 1e-5 });
    expect(shownMetrics(state(objective), { ranking: known })).toEqual(['accuracy', 'cost_usd']);
    const more = ranked({ accuracy: 0.8 }, { accuracy: 0.8, energy_j: 12 });
    expect(shownMetrics(state({ accuracy: 1 }), { ranking: more })).toEqual(['accuracy', 'energy_j']);
  });

  it('says of which decisions the shares are', () => {
    const since = '2026-11-24T03:19:12.040Z';
    expect(armsHint({ recent: { decisions: 1000, since } })).toMatch(/latest 1,000 decisions of this process, since /);
    expect(armsHint({ recent: { decisions: 0, since: null } })).toContain('has not decided anything');
    expect(armsHint()).not.toContain('share');
  });
});
