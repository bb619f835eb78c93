import { describe, expect, it } from 'vitest';

import { intervalChart } from '../../../../sim/report/interval-chart.js';
import { textsOf } from '../../../support/pictures.js';

const chart = (name: string) =>
  intervalChart({
    title: 'Margins <b>',
    x: 'per cent',
    series: ['before', 'after'],
    groups: [
      {
        name,
        points: [
          { series: 0, mean: 2, low: 1, high: 3 },
          { series: 1, mean: -1, low: -4, high: 2 },
        ],
      },
      { name: 'other', points: [{ series: 0, mean: 5, low: 5, high: 5 }] },
    ],
    marks: [{ x: 0, label: 'none' }],
  });

describe('a chart of intervals', () => {
  it('draws a dot and a line for every point, under names of their series', () => {
    const svg = chart('first');
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(3);
    for (const text of ['first', 'other', 'before', 'after', 'none', 'per cent'])
      expect(svg).toContain(`>${text}</text>`);
  });

  it('keeps a long name within its column, and markup out of texts', () => {
    const svg = chart(`a${'b'.repeat(200)}&`);
    expect(svg).toMatch(/>ab+…b+&amp;<\/text>/);
    expect(svg).toContain(`<title>a${'b'.repeat(200)}&amp;</title>`);
    const column = 314;
    for (const { text, right, left } of textsOf(svg)) if (text.includes('…')) expect(right - left).toBeLessThan(column);
    expect(svg).not.toContain('<b>');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
