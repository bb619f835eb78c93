/** Lines, dots and bands over one pair of axes, as SVG. */
import { linearAxis, logAxis, rangeOf, type Axis } from './axis.js';
import { short, svgText } from './svg.js';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** [low, high] at each point: drawn as a band. */
  readonly band?: readonly (readonly [number, number])[];
  /** Dots joined by a line (default), dots alone, or a dashed line. */
  readonly form?: 'line' | 'dots' | 'dashed';
  readonly colour?: string;
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Upright lines where something changed. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly logX?: boolean;
  /** Included in the range of y. */
  readonly include?: readonly number[];
}

export const palette = ['#0b7285', '#c2255c', '#e67700', '#5f3dc4', '#2b8a3e', '#868e96', '#1f2933', '#a61e4d'];
const size = { width: 760, height: 380, left: 64, right: 24, top: 44, bottom: 48, line: 18 };

export function lineChart(chart: LineChart): string {
  const { series, logX = false } = chart;
  const legend = series.length * size.line;
  const height = size.height + legend;
  const points = series.flatMap((one) => one.points);
  const bands = series.flatMap((one) => (one.band ?? []).flat());
  const xs = points.map(([x]) => x);
  const x = logX
    ? logAxis([Math.min(...xs) / 1.3, Math.max(...xs) * 1.3], [size.left, size.width - size.right])
    : linearAxis(rangeOf(xs, 0.01), [size.left, size.width - size.right]);
  const y = linearAxis(rangeOf([...points.map(([, v]) => v), ...bands, ...(chart.include ?? [])]), [
    size.height - size.bottom,
    size.top,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933" role="img">`,
    `<title>${chart.title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title><rect width="100%" height="100%" fill="white"/>`,
    ...frame(chart, x, y),
    ...(chart.marks ?? []).flatMap((mark, i) => markLines(mark, x, i)),
    ...series.flatMap((one, i) => drawn(one, one.colour ?? palette[i % palette.length]!, x, y)),
    ...series.flatMap((one, i) => legendLine(one, i)),
    '</svg>',
  ].join('\n');
}

function frame(chart: LineChart, x: Axis, y: Axis): string[] {
  const bottom = size.height - size.bottom;
  return [
    svgText(size.left, 24, chart.title, 'font-size="14" font-weight="600"'),
    ...y.ticks.flatMap((tick) => [
      `<line x1="${size.left}" x2="${size.width - size.right}" y1="${short(y.at(tick))}" y2="${short(y.at(tick))}" stroke="#e4e7eb"/>`,
      svgText(size.left - 8, y.at(tick) + 4, String(tick), 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<line x1="${short(x.at(tick))}" x2="${short(x.at(tick))}" y1="${bottom}" y2="${bottom + 5}" stroke="#9aa5b1"/>`,
      svgText(x.at(tick), bottom + 18, String(tick), 'text-anchor="middle"'),
    ]),
    svgText((size.left + size.width - size.right) / 2, bottom + 38, chart.x, 'text-anchor="middle"'),
    `<text transform="translate(16 ${(size.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${chart.y.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`,
  ];
}

/** Labels take turns in three lines, so that close marks don't cover each other's. */
function markLines({ x: at, label }: { x: number; label: string }, x: Axis, i: number): string[] {
  const place = short(x.at(at));
  return [
    `<line x1="${place}" x2="${place}" y1="${size.top}" y2="${size.height - size.bottom}" stroke="#52606d" stroke-dasharray="2 3"/>`,
    svgText(x.at(at) + 4, size.top + 10 + (i % 3) * 14, label, 'fill="#52606d"'),
  ];
}

function drawn({ points, band, form = 'line' }: Series, colour: string, x: Axis, y: Axis): string[] {
  const known = points.filter(([, value]) => Number.isFinite(value));
  const path = known.map(([px, py]) => `${short(x.at(px))},${short(y.at(py))}`).join(' ');
  const parts: string[] = [];
  if (band && band.length === points.length) {
    const upper = points.map(([px], i) => `${short(x.at(px))},${short(y.at(band[i]![1]))}`);
    const lower = points.map(([px], i) => `${short(x.at(px))},${short(y.at(band[i]![0]))}`).reverse();
    parts.push(`<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour}" opacity="0.15"/>`);
  }
  if (form !== 'dots') {
    const dash = form === 'dashed' ? ' stroke-dasharray="6 4"' : '';
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dash}/>`);
  }
  if (form === 'dots' || known.length <= 20) {
    parts.push(
      ...known.map(([px, py]) => `<circle cx="${short(x.at(px))}" cy="${short(y.at(py))}" r="3.5" fill="${colour}"/>`),
    );
  }
  return parts;
}

function legendLine({ name, form, colour = undefined }: Series, i: number): string[] {
  const y = size.height + i * size.line + 4;
  const ink = colour ?? palette[i % palette.length]!;
  const dash = form === 'dashed' ? ' stroke-dasharray="6 4"' : '';
  return [
    `<line x1="${size.left}" x2="${size.left + 24}" y1="${y}" y2="${y}" stroke="${ink}" stroke-width="3"${dash}/>`,
    svgText(size.left + 32, y + 4, name),
  ];
}
