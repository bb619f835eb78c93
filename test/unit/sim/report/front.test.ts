import { describe, expect, it } from 'vitest';

import { accuracyFront, front } from '../../../../sim/report/accuracy-front.js';
import { scatterChart } from '../../../../sim/report/scatter-chart.js';
import { cover, heightOf, textsOf, widthOf, wordsOf } from '../../../support/pictures.js';

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

describe('an arm that could serve a part of the requests', () => {
  const figures = accuracyFront([
    { name: 'small', metrics: { accuracy: 0.6, energy_j: 10 }, isArm: true },
    { name: 'large', metrics: { accuracy: 0.8, energy_j: 90 }, isArm: true, share: 1 },
    { name: 'added', metrics: { accuracy: 0.7, energy_j: 20 }, isArm: true, share: 0.256 },
    { name: 'never there', metrics: { accuracy: NaN, energy_j: NaN }, isArm: true, share: 0 },
  ]);

  it('is shown with how much that was, as a ring of dots that the line does not join', () => {
    const [{ svg, caption }] = figures as [(typeof figures)[number]];
    expect(svg).toContain('>added (25 % of requests)</text>');
    expect(svg.match(/<circle [^>]*stroke-dasharray/g)).toHaveLength(1);
    const corners = /<polyline points="([^"]*)"/.exec(svg)![1]!.split(' ');
    expect(corners).toHaveLength(2);
    expect(caption).toMatch(/Dotted rings are arms that could serve a part of the requests only/);
  });

  it('is told in the caption where nothing is known of it', () => {
    expect(figures[0]!.svg).not.toMatch(/never there|NaN/);
    expect(figures[0]!.caption).toMatch(/Not drawn, .*: never there\.$/);
  });
});

describe('the names in a scatter chart', () => {
  const colour = '#123456';
  const crowd = (count: number, name: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ({ name: name(i), x: 1 + 1e-3 * i, y: 0.5 + 1e-3 * (i % 7), colour }));
  const draw = (points: Parameters<typeof scatterChart>[0]['points']) =>
    scatterChart({ title: 't', x: 'x', y: 'y', points });
  /** Labels in the plot stand above its lower edge, the key below. */
  const plotEnd = 388;

  it.each([
    ['long', crowd(40, (i) => `a model with a long name ${i}`)],
    ['too long for any place', crowd(60, (i) => `${i} ${'very long and with spaces '.repeat(3)}${'x'.repeat(120)}`)],
    ['of points that are one', crowd(30, (i) => `policy ${i}`).map((point) => ({ ...point, x: 1, y: 1 }))],
  ])('all stand beside their points or behind their numbers in the key: %s', (_, points) => {
    const svg = draw(points);
    const texts = textsOf(svg);
    const labels = texts.filter((text) => text.colour === colour && text.y < plotEnd).map(({ text }) => text);
    expect(labels).toHaveLength(points.length);
    const names = wordsOf(svg).map((text) => text.replaceAll(' ', ''));
    for (const { name } of points) expect(names).toContain(name.replaceAll(' ', ''));
    const numbers = (shown: readonly { text: string; y: number }[]) =>
      shown.filter(({ text }) => /^\d+$/.test(text)).map(({ text }) => Number(text));
    const key = texts.filter((text) => text.colour === colour && text.y > plotEnd);
    const inPlot = numbers(texts.filter((text) => text.colour === colour && text.y < plotEnd));
    expect(inPlot).toEqual(Array.from(inPlot.keys(), (i) => i + 1));
    expect(inPlot).not.toEqual([]);
    expect(numbers(key)).toEqual(inPlot);
  });

  const family = (count: number) => crowd(count, (i) => `model ${'of the family '.repeat(i % 4)}${i}`);
  it.each([
    ['10 points', family(10)],
    ['80 points', family(80)],
    ['30 that are one', family(30).map((point) => ({ ...point, x: 1, y: 1 }))],
  ])('never cover each other nor leave the picture: %s', (_, points) => {
    const svg = draw(points);
    const texts = textsOf(svg);
    for (const [i, a] of texts.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(widthOf(svg));
      expect(a.y).toBeLessThan(heightOf(svg) - 3);
      for (const b of texts.slice(i + 1)) expect([a, b, cover(a, b)]).toEqual([a, b, false]);
    }
  });

  it('have a line to their points where a number is further away, and none where there is room', () => {
    const leaders = (svg: string) => svg.match(/stroke-width="0.8"/g) ?? [];
    expect(leaders(draw(crowd(30, (i) => `policy ${i}`).map((point) => ({ ...point, x: 1 }))))).not.toEqual([]);
    const roomy = draw([
      { name: 'small', x: 1, y: 1, colour },
      { name: 'large', x: 2, y: 2, colour },
    ]);
    expect(leaders(roomy)).toEqual([]);
    expect(wordsOf(roomy)).toEqual(expect.arrayContaining(['small', 'large']));
    expect(heightOf(roomy)).toBe(440);
  });

  it('leave both seen of a policy that does the same as an arm alone', () => {
    const svg = draw([
      { name: 'always small', x: 1, y: 1, colour },
      { name: 'small', x: 1, y: 1, colour: '#654321', hollow: true },
    ]);
    const [ring, disc] = [...svg.matchAll(/<circle [^>]*r="([\d.]+)" fill="([^"]*)"/g)];
    expect(ring![2]).toBe('white');
    expect(disc![2]).toBe(colour);
    expect(Number(ring![1])).toBeGreaterThan(Number(disc![1]));
  });

  it('are placed the same each time', () => {
    const points = crowd(40, (i) => `policy ${i}`);
    expect(draw(points)).toBe(draw(points));
  });
});
