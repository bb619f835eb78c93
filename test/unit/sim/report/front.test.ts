import { describe, expect, it } from 'vitest';

import { accuracyFront, front } from '../../../../sim/report/accuracy-front.js';
import { scatterChart } from '../../../../sim/report/scatter-chart.js';

describe('the front', () => {
  it('joins what no other beats in both, from cheap to dear', () => {
    expect(
      front([
        [5, 0.9],
        [1, 0.5],
        [2, 0.4],
        [3, 0.7],
        [3, 0.6],
        [9, 0.9],
      ]),
    ).toEqual([
      [1, 0.5],
      [3, 0.7],
      [5, 0.9],
    ]);
  });

  it('is drawn for every kind of cost that is known, with every policy and arm named', () => {
    const figures = accuracyFront([
      { name: 'bandit', metrics: { accuracy: 0.8, energy_j: 50, cost_usd: 1e-3 }, isArm: false },
      { name: 'small', metrics: { accuracy: 0.6, energy_j: 10, cost_usd: NaN }, isArm: true },
      { name: 'large', metrics: { accuracy: 0.9, energy_j: 500, cost_usd: 5e-3 }, isArm: true },
    ]);
    expect(figures.map(({ name }) => name)).toEqual(['accuracy-energy', 'accuracy-cost']);
    expect(figures[0]!.svg).toMatch(/bandit[^]*small[^]*large/);
    expect(figures[1]!.svg).not.toMatch(/small|NaN/);
  });
});

describe('the names in a scatter chart', () => {
  /** Left, right and middle of each label that is drawn. */
  const boxes = (svg: string) =>
    [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" fill="#123456"[^>]*>([^<]*)</g)].map(([, x, y, text]) => ({
      left: Number(x),
      right: Number(x) + text!.length * 7.4,
      y: Number(y),
    }));

  it('never cover each other nor leave the picture; one without room is told when pointed at', () => {
    const points = Array.from({ length: 40 }, (_, i) => ({
      name: `a model with a long name ${i}`,
      x: 1 + 1e-3 * i,
      y: 0.5 + 1e-3 * (i % 7),
      colour: '#123456',
    }));
    const svg = scatterChart({ title: 't', x: 'x', y: 'y', points });
    const placed = boxes(svg);
    expect(placed.length).toBeGreaterThan(5);
    for (const [i, a] of placed.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(760);
      for (const b of placed.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 12;
        expect(apart).toBe(true);
      }
    }
    expect(svg.match(/<title>a model/g)!.length + placed.length).toBe(40);
  });
});
