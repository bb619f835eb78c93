/** Points with their names beside them or in a key, as SVG. */
import { linearAxis, logAxis, rangeOf } from './axis.js';
import { frame } from './frame.js';
import { legend, type Legend } from './legend.js';
import { along, leaderLine, placeLabels, type Label } from './scatter-labels.js';
import { escapeText, halo, short, svgText } from './svg.js';

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** A ring rather than a disc. */
  readonly hollow?: boolean;
  /** A ring of dots. */
  readonly dotted?: boolean;
}

export interface ScatterChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly ScatterPoint[];
  /** Drawn as a dashed line, from left to right. */
  readonly line?: readonly (readonly [x: number, y: number])[];
  readonly logX?: boolean;
}

const size = { width: 760, height: 440, left: 64, right: 24, top: 44, bottom: 52, xName: 40 };
/** Where labels may stand: names beside points at the right end may use the margin. */
const inside = { left: size.left, right: size.width - 2, top: size.top - 8, bottom: size.height - size.bottom };

export function scatterChart(chart: ScatterChart): string {
  const { points, line = [], logX = false } = chart;
  const xs = points.map(({ x }) => x);
  const across: [number, number] = [size.left, size.width - size.right];
  const x = logX
    ? logAxis([Math.min(...xs) / 1.4, Math.max(...xs) * 1.4], across)
    : linearAxis(rangeOf(xs, 0.08), across);
  const y = linearAxis(
    rangeOf(
      points.map((point) => point.y),
      0.08,
    ),
    [size.height - size.bottom, size.top],
  );
  const placed = points.map((point) => ({ ...point, px: x.at(point.x), py: y.at(point.y) }));
  const corners = line.map(([px, py]): [number, number] => [x.at(px), y.at(py)]);
  const labels = placeLabels(placed, along(corners), inside);
  const key = keyOf(placed, labels);
  const height = size.height + key.height + (key.height && 4);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933" role="img">`,
    `<title>${escapeText(chart.title)}</title><rect width="100%" height="100%" fill="white"/>`,
    ...frame(chart, x, y, size),
    `<polyline points="${corners.map(([px, py]) => `${short(px)},${short(py)}`).join(' ')}" fill="none" stroke="#9aa5b1" stroke-dasharray="6 4"/>`,
    ...labels.filter(({ leader }) => leader).map(leaderLine),
    // Rings are wider than discs and below them: so both are seen of a policy that does the same as an arm alone.
    ...[...placed.filter(({ hollow }) => hollow), ...placed.filter(({ hollow }) => !hollow)].map((point) =>
      dot(point, point.px, point.py),
    ),
    ...labels.map((label, i) => labelText(label, points[i]!)),
    ...key.lines,
    '</svg>',
  ].join('\n');
}

const dot = ({ colour, hollow, dotted }: ScatterPoint, px: number, py: number): string =>
  hollow
    ? `<circle cx="${short(px)}" cy="${short(py)}" r="5.5" fill="white" stroke="${colour}" stroke-width="1.6"${dotted ? ' stroke-dasharray="2 2.3"' : ''}/>`
    : `<circle cx="${short(px)}" cy="${short(py)}" r="4" fill="${colour}"/>`;

/** Its name can be pointed at even where it stands in the key. */
function labelText({ text, box, anchor, numbered }: Label, { name, colour }: ScatterPoint): string {
  const x = { start: box.left, middle: (box.left + box.right) / 2, end: box.right }[anchor];
  const drawn = svgText(
    x,
    box.bottom - 3,
    text,
    `text-anchor="${anchor}" fill="${colour}"${numbered ? ' font-weight="600"' : ''} ${halo}`,
  );
  return numbered ? `<g><title>${escapeText(name)}</title>${drawn}</g>` : drawn;
}

/** The names that have no place beside their points, each behind its number. */
function keyOf(points: readonly ScatterPoint[], labels: readonly Label[]): Legend {
  const entries = points.flatMap((point, i) => {
    const { numbered, text } = labels[i]!;
    if (!numbered) return [];
    const key = (px: number, py: number) =>
      svgText(px + 10, py + 4, text, `text-anchor="end" fill="${point.colour}" font-weight="600"`) +
      dot(point, px + 22, py);
    return [{ name: point.name, key }];
  });
  return legend(entries, { left: size.left, width: size.width - size.left - size.right, top: size.height + 8 });
}
