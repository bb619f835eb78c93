/** Lines, dots and bands over one pair of axes, as SVG. */
import { linearAxis, logAxis, rangeOf, type Axis } from './axis.js';
import { frame } from './frame.js';
import { legend, type Legend } from './legend.js';
import { heightOf, marksDrawn, marksWith } from './marks.js';
import { lookOf, type Look } from './palette.js';
import { escapeText, short, svgText, tickText } from './svg.js';

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
  /** Included in the range of x. */
  readonly includeX?: readonly number[];
  /** Included in the range of y. */
  readonly include?: readonly number[];
  /** A level line across, such as a ceiling. */
  readonly rule?: number;
}

const size = { width: 760, height: 380, left: 64, right: 24, top: 44, bottom: 48, xName: 38 };

export function lineChart(chart: LineChart): string {
  const { series, logX = false } = chart;
  const points = series.flatMap((one) => one.points);
  const bands = series.flatMap((one) => (one.band ?? []).flat());
  const xs = [...points.map(([x]) => x), ...(chart.includeX ?? [])];
  const x = logX
    ? logAxis([Math.min(...xs) / 1.3, Math.max(...xs) * 1.3], [size.left, size.width - size.right])
    : linearAxis(rangeOf(xs, 0.01), [size.left, size.width - size.right]);
  const changes = [...(chart.marks ?? [])].sort((a, b) => a.x - b.x);
  const marks = marksWith(
    changes.map((mark) => ({ at: x.at(mark.x), label: mark.label })),
    [0, size.width],
  );
  const top = size.top + heightOf(marks);
  const y = linearAxis(rangeOf([...points.map(([, v]) => v), ...bands, ...(chart.include ?? [])]), [
    size.height - size.bottom,
    top,
  ]);
  const below = legendsOf(series, marks.numbered ? changes : []);
  const height = size.height + below.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933" role="img">`,
    `<title>${escapeText(chart.title)}</title><rect width="100%" height="100%" fill="white"/>`,
    ...frame(chart, x, y, { ...size, top }),
    ...(chart.rule === undefined ? [] : [ruleLine(y.at(chart.rule))]),
    ...series.flatMap((one, i) => drawn(one, inkOf(one, i), x, y)),
    ...marksDrawn(marks, size.top, size.height - size.bottom),
    ...below.lines,
    '</svg>',
  ].join('\n');
}

const ruleLine = (y: number): string =>
  `<line x1="${size.left}" x2="${size.width - size.right}" y1="${short(y)}" y2="${short(y)}" stroke="#52606d" stroke-dasharray="6 4"/>`;

/** What its colour and dashes are, whether its own or those of its place among the series. */
function inkOf({ form, colour }: Series, i: number): Look {
  const look = colour === undefined ? lookOf(i) : { colour, dash: '' };
  return form === 'dashed' ? { ...look, dash: '6 4' } : look;
}

const dashOf = ({ dash }: Look): string => (dash === '' ? '' : ` stroke-dasharray="${dash}"`);

/** Names of the series, and below them what changed at the numbers in the plot. */
function legendsOf(series: readonly Series[], changes: NonNullable<LineChart['marks']>): Legend {
  const place = { left: size.left, width: size.width - size.left - size.right, top: size.height + 4 };
  const names = legend(
    series.map((one, i) => ({ name: one.name, key: (px, py) => seriesKey(one, inkOf(one, i), px, py) })),
    place,
  );
  if (changes.length === 0) return names;
  const told = legend(
    changes.map(({ x, label }, i) => ({
      name: `${tickText(x)}: ${label}`,
      key: (px: number, py: number) => svgText(px + 24, py + 4, String(i + 1), 'text-anchor="end" fill="#52606d"'),
    })),
    { ...place, top: place.top + names.height + 6 },
  );
  return { lines: [...names.lines, ...told.lines], height: names.height + 6 + told.height };
}

function drawn({ points, band, form = 'line' }: Series, look: Look, x: Axis, y: Axis): string[] {
  const { colour } = look;
  const known = points.filter(([, value]) => Number.isFinite(value));
  const path = known.map(([px, py]) => `${short(x.at(px))},${short(y.at(py))}`).join(' ');
  const parts: string[] = [];
  if (band && band.length === points.length) {
    const upper = points.map(([px], i) => `${short(x.at(px))},${short(y.at(band[i]![1]))}`);
    const lower = points.map(([px], i) => `${short(x.at(px))},${short(y.at(band[i]![0]))}`).reverse();
    parts.push(`<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour}" opacity="0.15"/>`);
  }
  if (form !== 'dots') {
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dashOf(look)}/>`);
  }
  if (form === 'dots' || known.length <= 20) {
    parts.push(
      ...known.map(([px, py]) => `<circle cx="${short(x.at(px))}" cy="${short(y.at(py))}" r="3.5" fill="${colour}"/>`),
    );
  }
  return parts;
}

function seriesKey({ form }: Series, look: Look, x: number, y: number): string {
  return form === 'dots'
    ? `<circle cx="${short(x + 12)}" cy="${short(y)}" r="3.5" fill="${look.colour}"/>`
    : `<line x1="${short(x)}" x2="${short(x + 24)}" y1="${short(y)}" y2="${short(y)}" stroke="${look.colour}" stroke-width="3"${dashOf(look)}/>`;
}
