import { describe, expect, it, vi } from 'vitest';

import { frontPlot } from '../../../src/cli/front-plot.js';
import { names, objective, wholeNumber } from '../../../src/cli/option-values.js';
import { sample } from '../../../src/cli/sample.js';
import { clientOf, defaultUrl } from '../../../src/cli/server-option.js';
import { figure, textTable } from '../../../src/cli/text-table.js';

describe('a table in text', () => {
  it('pads columns, numbers to the right, and clips what is too wide', () => {
    const rows = [
      { name: 'a', value: 1 },
      { name: 'a very long name', value: 100 },
    ];
    expect(
      textTable(rows, [
        { title: 'name', text: (row) => row.name, width: 8 },
        { title: 'n', text: (row) => String(row.value), right: true },
      ]),
    ).toEqual(['name        n', '────────  ───', 'a           1', 'a very …  100']);
  });

  it.each([
    [0.01234, '0.0123'],
    [12.345, '12.3'],
    [1234.5, '1,235'],
    [0, '0'],
    [-0.5, '-0.500'],
    [0.00001234, '0.0000123'],
    [1.234e-7, '1.23e-7'],
    [-3e-17, '0'],
    [12345678, '1.23e+7'],
    [NaN, '–'],
    [undefined, '–'],
  ])('writes %s as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});

describe('the front in text', () => {
  const points = [
    { x: 10, y: 0.5, mark: 'a' },
    { x: 100, y: 0.9, mark: 'b' },
    { x: 1000, y: 0.5, mark: '·' },
  ];

  it('puts more accurate points higher, and more energy further right, by its logarithm', () => {
    const lines = frontPlot(points, { x: 'J', y: 'accuracy' }, 60);
    const find = (mark: string) => {
      const row = lines.findIndex((line) => line.includes('┤') && line.includes(mark));
      return { row, column: lines[row]!.indexOf(mark) };
    };
    expect(find('b').row).toBeLessThan(find('a').row);
    expect(find('a').row).toBe(find('·').row);
    const [left, middle, right] = [find('a').column, find('b').column, find('·').column];
    // A tenfold step is as wide everywhere, but for rounding to characters.
    expect(Math.abs(middle - left - (right - middle))).toBeLessThanOrEqual(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('labels round values below their ticks', () => {
    const lines = frontPlot(points, { x: 'J', y: 'accuracy' }, 60);
    const axis = lines.find((line) => line.includes('└'))!;
    const labels = lines[lines.indexOf(axis) + 1]!;
    expect(labels.trim().split(/ +/)).toEqual(['10', '20', '50', '100', '200', '500', '1,000']);
    expect(axis[labels.indexOf('50') + 1]).toBe('┬');
  });

  it('draws a single point', () => {
    expect(frontPlot([{ x: 5, y: 0.3, mark: 'a' }], { x: 'J', y: 'accuracy' }).join('\n')).toContain('a');
  });
});

describe('option values', () => {
  it('are read, or refused with what was expected', () => {
    expect(objective('accuracy=1, cost_usd=-2.5e2')).toEqual({ accuracy: 1, cost_usd: -250 });
    expect(() => objective('accuracy=much')).toThrow('metric=weight');
    expect(() => objective('=1')).toThrow('metric=weight');
    expect(names('a, b,a')).toEqual(['a', 'b']);
    expect(() => names('a,,b')).toThrow('commas');
    expect(() => wholeNumber('-1')).toThrow('whole number');
    expect(() => wholeNumber('1e3')).toThrow('whole number');
  });
});

describe('the default address', () => {
  it('is where serve listens by default, or as HOST and PORT say', () => {
    expect(defaultUrl({})).toBe('http://127.0.0.1:8080');
    expect(defaultUrl({ PORT: '9000', HOST: 'example.org' })).toBe('http://example.org:9000');
    expect(defaultUrl({ HOST: '0.0.0.0' })).toBe('http://127.0.0.1:8080');
    expect(defaultUrl({ HOST: '::1' })).toBe('http://[::1]:8080');
  });

  it('blames PORT for what nobody wrote as --url', () => {
    vi.stubEnv('PORT', 'abc');
    vi.stubEnv('HOST', '');
    expect(() => clientOf({ url: defaultUrl(process.env) })).toThrow(
      'expected PORT and HOST as 8080 and 127.0.0.1, got PORT="abc";',
    );
    expect(() => clientOf({ url: 'nowhere' })).toThrow('expected --url');
    vi.unstubAllEnvs();
  });
});

describe('a sample', () => {
  async function* count(n: number) {
    for (let i = 0; i < n; i++) yield i;
  }

  it('is everything when there is little', async () => {
    expect(await sample(count(3), 5, 1)).toEqual([0, 1, 2]);
  });

  it('is uniform when there is more', async () => {
    let late = 0;
    for (let seed = 0; seed < 400; seed++)
      late += (await sample(count(100), 10, seed)).filter((item) => item >= 50).length;
    // 4,000 draws with p = 1/2 have a deviation of 32 (less without replacement); five of them.
    expect(Math.abs(late - 2000)).toBeLessThan(5 * 32);
  });
});
