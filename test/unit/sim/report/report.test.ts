import { describe, expect, it } from 'vitest';

import { linearAxis, logAxis } from '../../../../sim/report/axis.js';
import { lineChart } from '../../../../sim/report/line-chart.js';
import { pageHtml } from '../../../../sim/report/page.js';
import { estimate, pairedDifference, studentQuantile } from '../../../../sim/report/student.js';
import { chanceOf } from '../../../../sim/random.js';

describe('an estimate over seeds', () => {
  it('is the known interval of Student for small numbers', () => {
    // Mean 3, deviation √2.5, n = 5, t = 2.776.
    const { mean, low, high } = estimate([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(high - mean).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 12);
    expect(mean - low).toBeCloseTo(high - mean, 12);
  });

  it('has quantiles that go on smoothly beyond the table, to those of the normal distribution', () => {
    expect(studentQuantile(30)).toBe(2.042);
    expect(studentQuantile(31)).toBeCloseTo(2.0395, 3);
    expect(studentQuantile(60)).toBeCloseTo(2.0003, 3);
    expect(studentQuantile(1e9)).toBeCloseTo(1.95996, 5);
    expect(() => studentQuantile(0)).toThrow(RangeError);
  });

  it('covers the truth about 95 times in 100', () => {
    const chance = chanceOf(4, 'coverage');
    const covered = Array.from({ length: 2000 }, () => {
      const { low, high } = estimate(Array.from({ length: 6 }, () => chance.normal()));
      return low <= 0 && high >= 0;
    }).filter(Boolean).length;
    // Four standard errors of a share of 2,000.
    expect(Math.abs(covered / 2000 - 0.95)).toBeLessThan(0.02);
  });

  it('of paired runs leaves out what they have in common', () => {
    const [a, b] = [
      [10, 20, 30, 40],
      [9, 19, 29.5, 38.5],
    ];
    const { mean, low } = pairedDifference(a, b);
    expect(mean).toBe(1);
    expect(low).toBeGreaterThan(0);
    expect(() => pairedDifference([1], [1, 2])).toThrow(RangeError);
  });
});

describe('a chart', () => {
  it('has round ticks inside its range', () => {
    expect(linearAxis([0.79, 0.94], [0, 100]).ticks).toEqual([0.8, 0.85, 0.9]);
    expect(logAxis([2e-5, 2e-2], [0, 300]).ticks).toEqual([1e-4, 1e-3, 1e-2]);
    expect(linearAxis([3, 3], [0, 100]).ticks.every(Number.isFinite)).toBe(true);
  });

  it('shows every series and mark, escapes names, and leaves out what is not known', () => {
    const svg = lineChart({
      title: 'a < b & c',
      x: 'request',
      y: 'share',
      series: [
        {
          name: '<script>',
          points: [
            [0, 1],
            [1, NaN],
            [2, 3],
          ],
          band: [
            [0, 2],
            [1, 1],
            [2, 4],
          ],
        },
        { name: 'dots', points: [[1, 2]], form: 'dots' },
      ],
      marks: [{ x: 1, label: 'changed' }],
    });
    expect(svg).not.toMatch(/NaN|undefined|<script>/);
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).toContain('changed');
    // Two of the line, one dot, and the dot of the legend.
    expect(svg.match(/<circle/g)).toHaveLength(4);
  });
});

it('keeps the figures of a page legible: in a narrow window they are scrolled, and in the dark they stay white', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
  const html = pageHtml({ title: 'T', lead: 'L', figures: [{ name: 'f', caption: 'C', svg }], tables: [] });
  expect(html).toContain(`<div class="wide">${svg}</div>`);
  expect(html).toMatch(/\.wide \{ overflow-x: auto; \}/);
  const [, rem] = /svg \{[^}]*min-width: (\d+)rem/.exec(html)!;
  // 12 of 760 pixels at so many pixels of width are at least 10.
  expect((12 * 16 * Number(rem)) / 760).toBeGreaterThanOrEqual(10);
  expect(html).toContain('@media (prefers-color-scheme: dark)');
});

it('writes a page that asks nothing of any network', () => {
  const html = pageHtml({
    title: 'T',
    lead: 'L & M',
    figures: [{ name: 'f', caption: 'C', svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>' }],
    tables: [{ caption: 'numbers', head: ['a'], rows: [['<1>']] }],
  });
  expect(html).toContain('L &amp; M');
  expect(html).toContain('&lt;1&gt;');
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|<script|<link/);
});
