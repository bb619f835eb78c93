/** Means with their intervals, a line each, under names: what a table of settings or of tasks shows at a glance. As SVG. */
import { linearAxis, rangeOf } from './axis.js';
import { palette } from './palette.js';
import { escapeText, short, shortened, svgText, textWidth, titleText } from './svg.js';

export interface IntervalPoint {
  /** Index into the series. */
  readonly series: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalGroup {
  readonly name: string;
  readonly points: readonly IntervalPoint[];
}

export interface IntervalChart {
  readonly title: string;
  readonly x: string;
  readonly series: readonly string[];
  readonly groups: readonly IntervalGroup[];
  /** Upright lines at values that matter. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

const size = { width: 760, right: 24, top: 44, line: 16, gap: 8, bottom: 48, widestName: 300 };

export function intervalChart(chart: IntervalChart): string {
  const { groups, series, marks = [] } = chart;
  const left = 24 + Math.min(size.widestName, Math.max(...groups.map(({ name }) => textWidth(name))));
  const tops = startsOf(groups);
  const bottom = tops.at(-1)!;
  const height = bottom + size.bottom + series.length * 18;
  const values = groups.flatMap(({ points }) => points.flatMap(({ low, high, mean }) => [low, high, mean]));
  const x = linearAxis(rangeOf([...values, ...marks.map((mark) => mark.x)]), [left, size.width - size.right]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933" role="img">`,
    `<title>${escapeText(chart.title)}</title><rect width="100%" height="100%" fill="white"/>`,
    titleText(16, size.width, chart.title),
    ...x.ticks.flatMap((tick) => [
      upright(x.at(tick), bottom, '#e4e7eb'),
      svgText(x.at(tick), bottom + 16, String(tick), 'text-anchor="middle"'),
    ]),
    svgText((left + size.width - size.right) / 2, bottom + 36, chart.x, 'text-anchor="middle"'),
    ...marks.flatMap((mark) => [
      upright(x.at(mark.x), bottom, '#52606d', ' stroke-dasharray="2 3"'),
      markText(x.at(mark.x), mark.label),
    ]),
    ...groups.flatMap((group, i) => groupLines(group, tops[i]!, left, x.at)),
    ...series.flatMap((name, i) => legendLine(name, i, bottom + size.bottom, series.length > 1)),
    '</svg>',
  ].join('\n');
}

/** The top of each group, and the end of the last. */
function startsOf(groups: readonly IntervalGroup[]): number[] {
  const tops = [size.top];
  for (const { points } of groups) tops.push(tops.at(-1)! + Math.max(1, points.length) * size.line + size.gap);
  return tops;
}

const upright = (x: number, bottom: number, colour: string, more = ''): string =>
  `<line x1="${short(x)}" x2="${short(x)}" y1="${size.top}" y2="${short(bottom)}" stroke="${colour}"${more}/>`;

/** Beside its line, on the side where there is room. */
function markText(at: number, label: string): string {
  const left = at + 4 + textWidth(label) > size.width;
  return svgText(at + (left ? -4 : 4), size.top - 4, label, `text-anchor="${left ? 'end' : 'start'}" fill="#52606d"`);
}

function groupLines({ name, points }: IntervalGroup, top: number, left: number, at: (value: number) => number) {
  const middle = top + (Math.max(1, points.length) * size.line) / 2;
  return [
    `<g><title>${escapeText(name)}</title>${svgText(left - 10, middle + 4, shortened(name, size.widestName), 'text-anchor="end"')}</g>`,
    ...points.flatMap((point, i) => pointLines(point, top + (i + 0.5) * size.line, at)),
  ];
}

function pointLines({ series, mean, low, high }: IntervalPoint, y: number, at: (value: number) => number) {
  const colour = palette[series % palette.length]!;
  return [
    `<line x1="${short(at(low))}" x2="${short(at(high))}" y1="${short(y)}" y2="${short(y)}" stroke="${colour}" stroke-width="2"/>`,
    `<circle cx="${short(at(mean))}" cy="${short(y)}" r="3.5" fill="${colour}"/>`,
  ];
}

function legendLine(name: string, i: number, top: number, several: boolean): string[] {
  if (!several) return [];
  const y = top + i * 18;
  return [
    `<line x1="24" x2="48" y1="${short(y)}" y2="${short(y)}" stroke="${palette[i % palette.length]!}" stroke-width="3"/>`,
    svgText(56, y + 4, name),
  ];
}
