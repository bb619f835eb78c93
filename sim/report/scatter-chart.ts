/** Points with their names beside them, as SVG. */
import { linearAxis, logAxis, rangeOf } from './axis.js';
import { frame } from './frame.js';
import { escapeText, halo, short, svgText, textWidth } from './svg.js';

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** A ring rather than a disc. */
  readonly hollow?: boolean;
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
const textHeight = 13;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933" role="img">`,
    `<title>${escapeText(chart.title)}</title><rect width="100%" height="100%" fill="white"/>`,
    ...frame(chart, x, y, size),
    `<polyline points="${line.map(([px, py]) => `${short(x.at(px))},${short(y.at(py))}`).join(' ')}" fill="none" stroke="#9aa5b1" stroke-dasharray="6 4"/>`,
    ...placed.map(({ px, py, colour, hollow }) =>
      hollow
        ? `<circle cx="${short(px)}" cy="${short(py)}" r="4" fill="white" stroke="${colour}" stroke-width="1.6"/>`
        : `<circle cx="${short(px)}" cy="${short(py)}" r="5" fill="${colour}"/>`,
    ),
    ...labels(placed, alongLine(line.map(([px, py]) => [x.at(px), y.at(py)]))),
    '</svg>',
  ].join('\n');
}

type Placed = ScatterPoint & { readonly px: number; readonly py: number };

/** Each name goes where it covers nothing; where there is no such place it goes nowhere, and the point tells it when pointed at. */
function labels(points: readonly Placed[], line: readonly Box[]): string[] {
  const taken = [...line, ...points.map(({ px, py }) => around(px, py, 6))];
  return points.map((point) => {
    const box = places(point).find((place) => isInside(place) && !taken.some((other) => overlap(place, other)));
    if (!box)
      return `<circle cx="${short(point.px)}" cy="${short(point.py)}" r="7" fill="transparent"><title>${escapeText(point.name)}</title></circle>`;
    taken.push(box);
    return svgText(box.left, box.bottom - 3, point.name, `fill="${point.colour}" ${halo}`);
  });
}

const around = (px: number, py: number, room: number): Box => ({
  left: px - room,
  right: px + room,
  top: py - room,
  bottom: py + room,
});

/** Boxes that hold a line of pixels, one in so many pixels. */
const lineStep = 4;
function alongLine(corners: readonly (readonly [number, number])[]): Box[] {
  return corners.slice(1).flatMap(([toX, toY], i) => {
    const [fromX, fromY] = corners[i]!;
    const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY) / lineStep);
    return Array.from({ length: steps }, (_, step) =>
      around(fromX + ((toX - fromX) * step) / steps, fromY + ((toY - fromY) * step) / steps, lineStep / 2),
    );
  });
}

/** Right, left, above, below, and a little further away. */
function places({ name, px, py }: Placed): Box[] {
  const width = textWidth(name);
  const box = (left: number, middle: number): Box => ({
    left,
    right: left + width,
    top: middle - textHeight / 2,
    bottom: middle + textHeight / 2,
  });
  return [0, 8, 16, 26, 40].flatMap((away) => [
    box(px + 8, py - away),
    box(px + 8, py + away),
    box(px - 8 - width, py - away),
    box(px - 8 - width, py + away),
    box(px - width / 2, py - 14 - away),
    box(px - width / 2, py + 14 + away),
  ]);
}

const isInside = ({ left, right, top, bottom }: Box): boolean =>
  left >= size.left && right <= size.width - 2 && top >= size.top - 8 && bottom <= size.height - size.bottom;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
