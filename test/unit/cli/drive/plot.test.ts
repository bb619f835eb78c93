import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { placeLabels } from '../../../../src/cli/drive/plot-labels.js';
import { logTicks, scale, ticks } from '../../../../src/cli/drive/plot-scale.js';
import { plotSvg } from '../../../../src/cli/drive/plot.js';
import type { DriveResult } from '../../../../src/cli/drive/result.js';

const result: DriveResult = {
  router: 'r',
  table: 't',
  objective: { accuracy: 1, cost_usd: -250 },
  requests: 100,
  mean_utility: 0.8,
  fixed: { small: 0.7, 'a<b>&"c': 0.6 },
  uniform: 0.65,
  best_per_task: 0.82,
  best_per_prompt: 0.9,
  regret: [
    [50, 6],
    [100, 7],
  ],
  regret_fixed: [
    [50, 1],
    [100, -4],
  ],
  best_fixed: 'small',
  metrics: {
    routed: { accuracy: 0.85, cost_usd: 0.0001 },
    fixed: { small: { accuracy: 0.7, cost_usd: 0.00001 }, 'a<b>&"c': { accuracy: 0.9, cost_usd: 0.01 } },
  },
  shares: { small: 0.5, 'a<b>&"c': 0.5 },
  feedback: { applied: 1, duplicate: 0, late: 0, rejected: 0, lost: 0 },
};

describe('the plot of a drive', () => {
  it('draws both regrets and a dot per arm and for the router', () => {
    const svg = plotSvg(result);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain('$ per request');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('escapes names', () => {
    const svg = plotSvg(result);
    expect(svg).toContain('a&lt;b&gt;&amp;&quot;c');
    expect(svg).not.toContain('a<b>');
  });

  it('shows energy where it is weighed, and regret alone where nothing is spent', () => {
    const spent = { accuracy: 0.8, cost_usd: 0.01, energy_j: 5 };
    const metrics = { routed: spent, fixed: { small: spent } };
    expect(plotSvg({ ...result, objective: { accuracy: 1, energy_j: -0.1 }, metrics })).toContain('J per request');
    const bare = { routed: { accuracy: 0.8 }, fixed: { small: { accuracy: 0.8 } } };
    expect(plotSvg({ ...result, metrics: bare })).not.toContain('<circle');
  });
});

describe('scales and ticks', () => {
  it('map ends to ends, and a single value to the middle', () => {
    const y = scale([10, 20], [100, 0]);
    expect([y(10), y(15), y(20)]).toEqual([100, 50, 0]);
    expect(scale([3, 3], [0, 10])(3)).toBe(5);
  });

  it('are round and inside', () => {
    expect(ticks(0, 3609)).toEqual([0, 1000, 2000, 3000]);
    expect(ticks(-0.13, 0.42)).toEqual([0, 0.2, 0.4]);
    expect(ticks(5, 5)).toEqual([5]);
    expect(logTicks(8, 120)).toEqual([10, 20, 50, 100]);
    expect(logTicks(1e-5, 1)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  });

  it('are never more than eleven', () => {
    const range = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(range, ([low, span]) => {
        const found = ticks(low, low + span);
        expect(found.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});

describe('labels', () => {
  it('avoid each other and the right edge', () => {
    const bounds = { left: 0, right: 300, top: 0, bottom: 200 };
    const dot = (x: number, y: number, label: string) => ({ x, y, radius: 5, label });
    const [first, second, atEdge] = placeLabels(
      [dot(50, 50, 'first'), dot(60, 52, 'second'), dot(290, 150, 'edge')],
      bounds,
    );
    expect(first).toMatchObject({ anchor: 'end' });
    expect(second).toMatchObject({ anchor: 'start' });
    expect(atEdge).toMatchObject({ anchor: 'end' });
  });
});
