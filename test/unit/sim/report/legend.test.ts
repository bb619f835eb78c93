import { describe, expect, it } from 'vitest';

import { lineChart } from '../../../../sim/report/line-chart.js';
import { shortened, textWidth, wrapped } from '../../../../sim/report/svg.js';
import { cover, heightOf, textsOf, widthOf, wordsOf } from '../../../support/pictures.js';

const chartOf = (names: readonly string[]) =>
  lineChart({
    title: 'Cumulative regret',
    x: 'request',
    y: 'regret',
    series: names.map((name, i) => ({
      name,
      points: [
        [0, 0],
        [100, i],
      ],
    })),
  });

describe('the series of a chart', () => {
  it.each([12, 50])('have a look of their own each, as there may be %i policies', (count) => {
    const svg = chartOf(Array.from({ length: count }, (_, i) => `policy ${i}`));
    const looks = [
      ...svg.matchAll(/<polyline [^>]*stroke="([^"]*)" stroke-width="1.8"( stroke-dasharray="[^"]*")?/g),
    ].map(([, colour, dash = '']) => colour + dash);
    expect(new Set(looks).size).toBe(count);
    const keys = [...svg.matchAll(/<line [^>]*stroke="([^"]*)" stroke-width="3"( stroke-dasharray="[^"]*")?/g)];
    expect(keys.map(([, colour, dash = '']) => colour + dash)).toEqual(looks);
  });

  it('have their whole names in the legend, on lines of their own where they are long', () => {
    const names = Array.from(
      { length: 12 },
      (_, i) => `defaults of the service, ${i % 2 ? 'changes' : 'no changes'} watched, LinUCB width ${i}`,
    );
    const svg = chartOf(names);
    expect(wordsOf(svg)).toEqual(expect.arrayContaining(names));
    const texts = textsOf(svg);
    for (const [i, a] of texts.entries()) {
      expect(a.right).toBeLessThanOrEqual(widthOf(svg));
      expect(a.y).toBeLessThan(heightOf(svg) - 3);
      for (const b of texts.slice(i + 1)) expect([a, b, cover(a, b)]).toEqual([a, b, false]);
    }
  });
});

describe('a text that is too long', () => {
  it('is broken behind words, and within one only where it has to be', () => {
    expect(wrapped('one two three', textWidth('one two'))).toEqual(['one two', 'three']);
    expect(wrapped('meta-llama/llama-3.1-8b', textWidth('llama-3.1-8b'))).toEqual(['meta-llama/', 'llama-3.1-8b']);
    const lines = wrapped('x'.repeat(100), 80);
    expect(lines.join('')).toBe('x'.repeat(100));
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
    expect(wrapped('', 80)).toEqual(['']);
  });

  it('loses its middle where it has one line, as names differ at their ends', () => {
    const [a, b] = ['1.5', '0.5'].map((width) => shortened(`linucb with changes watched, width ${width}`, 150));
    expect(a).toMatch(/^linucb.*….*1\.5$/);
    expect(a).not.toBe(b);
    expect(textWidth(a!)).toBeLessThanOrEqual(150);
    expect(shortened('short', 150)).toBe('short');
  });
});
