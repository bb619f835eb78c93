/** The accuracy–energy front as a plot in text: energy to the right on a logarithmic axis, accuracy upwards. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** One character; those of the front are letters. */
  readonly mark: string;
}

const height = 16;
const gutter = 7;

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** A range with a little air; one that is a single value is opened to both sides. */
function scaleOf(values: readonly number[]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low || Math.abs(high) || 1) * 0.04;
  return { low: low - air, high: high + air };
}

const place = (value: number, { low, high }: Scale, cells: number) =>
  Math.min(cells - 1, Math.max(0, Math.round(((value - low) / (high - low)) * (cells - 1))));

/** 1, 2 and 5 times the powers of ten within a range. */
function ticks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick >= low && tick <= high);
}

const tickText = (tick: number) => (tick >= 1 ? tick.toLocaleString('en') : String(+tick.toPrecision(1)));

/**
 * @param points at least one, x > 0; the later of two in the same place hides the earlier
 * @param labels what the axes show
 * @param width of the whole plot, in characters
 */
export function frontPlot(points: readonly PlotPoint[], labels: { x: string; y: string }, width = 96): string[] {
  const columns = width - gutter - 1;
  const xs = scaleOf(points.map((point) => Math.log10(point.x)));
  const ys = scaleOf(points.map((point) => point.y));
  const grid = Array.from({ length: height }, () => Array<string>(columns).fill(' '));
  for (const { x, y, mark } of points)
    grid[height - 1 - place(y, ys, height)]![place(Math.log10(x), xs, columns)] = mark;
  const rows = grid.map((cells, i) => `${yLabel(i, ys)}┤${cells.join('')}`.trimEnd());
  return [`${labels.y}`, ...rows, ...xAxis(xs, columns, labels.x)];
}

function yLabel(row: number, { low, high }: Scale): string {
  if (row % 3 !== 0) return ' '.repeat(gutter);
  return `${(low + ((high - low) * (height - 1 - row)) / (height - 1)).toFixed(3)} `.padStart(gutter);
}

function xAxis(xs: Scale, columns: number, label: string): string[] {
  const rule = Array<string>(columns).fill('─');
  const texts = Array<string>(columns).fill(' ');
  let free = 0;
  for (const tick of ticks(10 ** xs.low, 10 ** xs.high)) {
    const at = place(Math.log10(tick), xs, columns);
    const text = tickText(tick);
    const begin = Math.max(0, at - Math.floor(text.length / 2));
    if (begin < free || begin + text.length > columns) continue;
    rule[at] = '┬';
    [...text].forEach((character, i) => (texts[begin + i] = character));
    free = begin + text.length + 2;
  }
  const indent = ' '.repeat(gutter);
  return [`${indent}└${rule.join('')}`, `${indent} ${texts.join('')}`.trimEnd(), `${indent} ${label}`.padStart(0)];
}
