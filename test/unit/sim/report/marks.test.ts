import { describe, expect, it } from 'vitest';

import { lineChart } from '../../../../sim/report/line-chart.js';
import { cover, heightOf, textsOf, widthOf, wordsOf, type ShownText } from '../../../support/pictures.js';

type Marks = readonly { readonly x: number; readonly label: string }[];

const grey = '#52606d';
const plotEnd = 332;

function draw(marks: Marks) {
  const svg = lineChart({
    title: 'Cumulative regret',
    x: 'request',
    y: 'regret',
    marks,
    series: [
      {
        name: 'bandit',
        points: [
          [0, 0],
          [2000, 9],
        ],
      },
    ],
  });
  const lines = [...svg.matchAll(/<line x1="([\d.]+)" x2="[\d.]+" y1="([\d.]+)" [^>]*stroke-dasharray="2 3"/g)];
  return {
    svg,
    lines: lines.map(([, x, top]) => ({ x: Number(x), top: Number(top) })),
    labels: textsOf(svg).filter(({ colour, y }) => colour === grey && y < plotEnd),
  };
}

/** The pixels between a label and its line. */
const gap = 4;
const touches = ({ left, right }: ShownText, x: number) =>
  Math.min(Math.abs(left - gap - x), Math.abs(right + gap - x)) < 0.2;

describe('the labels of changes', () => {
  const few: Marks = [
    { x: 500, label: 'without new ends' },
    { x: 600, label: 'accuracy of large × 0.5' },
    { x: 1200, label: 'accuracy of large × 0.5 ends' },
    { x: 1850, label: 'energy_j of small × 2' },
    { x: 1950, label: 'price of small × 2' },
  ];

  it('each begin or end at their own line, to its left where the picture ends', () => {
    const { labels, lines, svg } = draw(few);
    expect(labels.map(({ text }) => text)).toEqual(few.map(({ label }) => label));
    labels.forEach((label, i) => expect([label, touches(label, lines[i]!.x)]).toEqual([label, true]));
    expect(svg).toMatch(/text-anchor="end" [^>]*>price of small × 2</);
    expect(labels.at(-1)!.right).toBeCloseTo(lines.at(-1)!.x - gap, 5);
  });

  const many = (count: number): Marks =>
    Array.from({ length: count }, (_, i) => ({ x: (2000 * i) / count, label: `energy_j of model-${i} × 2, not told` }));

  it.each([
    ['few', few],
    [
      'one after the other',
      Array.from({ length: 4 }, (_, i) => ({ x: 1300 + 150 * i, label: `price of model-${i} × 2` })),
    ],
    ['many', many(12)],
    ['long', few.map(({ x, label }) => ({ x, label: [label, label, label, label].join('; ') }))],
  ])('cover no other, are crossed by no line of another and stay in the picture: %s', (_, marks) => {
    const { labels, lines, svg } = draw(marks);
    expect(labels).toHaveLength(marks.length);
    for (const [i, label] of labels.entries()) {
      expect(label.left).toBeGreaterThanOrEqual(0);
      expect(label.right).toBeLessThanOrEqual(widthOf(svg));
      for (const other of labels.slice(i + 1))
        expect([label, other, cover(label, other)]).toEqual([label, other, false]);
      const crossing = lines.filter(({ x, top }) => x > label.left && x < label.right && top < label.y);
      expect([label, crossing]).toEqual([label, []]);
    }
  });

  it('leave room for the plot even of a change in every fiftieth of a run', () => {
    const { labels, lines } = draw(many(50));
    expect(labels).toHaveLength(50);
    expect(Math.max(...lines.map(({ top }) => top))).toBeLessThan(100);
    for (const [i, label] of labels.entries())
      for (const other of labels.slice(i + 1))
        expect([label, other, cover(label, other)]).toEqual([label, other, false]);
  });

  it('are numbers told below, in full and with their requests, where they have no room', () => {
    const label =
      `accuracy of meta-llama/llama-3.1-70b-instruct × 0.5; energy_j of mistral-small × 3, not told; ${'and more '.repeat(20)}`.trim();
    const { labels, svg } = draw([
      { x: 600, label },
      { x: 1850, label: 'without mistral-small' },
    ]);
    expect(labels.map(({ text }) => text)).toEqual(['1', '2']);
    expect(wordsOf(svg)).toEqual(expect.arrayContaining([`600: ${label}`, '1850: without mistral-small']));
    for (const { right, y } of textsOf(svg)) {
      expect(right).toBeLessThanOrEqual(widthOf(svg));
      expect(y).toBeLessThan(heightOf(svg) - 3);
    }
  });
});
