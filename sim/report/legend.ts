/** The names below a chart, each behind its key, in columns; no name is cut. */
import { lineStep, svgLines, wrapped } from './svg.js';

export interface LegendEntry {
  readonly name: string;
  /** What stands before the name: in the 24 pixels from x, around y. */
  readonly key: (x: number, y: number) => string;
}

/** Pixels. */
export interface LegendPlace {
  readonly left: number;
  readonly width: number;
  /** The middle of the first line. */
  readonly top: number;
}

export interface Legend {
  readonly lines: readonly string[];
  readonly height: number;
}

/** Longer legends take two columns. */
const longLegend = 6;
const size = { row: 18, name: 32, gap: 12 };

export function legend(entries: readonly LegendEntry[], place: LegendPlace): Legend {
  const columns = entries.length > longLegend ? 2 : 1;
  const column = place.width / columns;
  const names = entries.map(({ name }) => wrapped(name, column - size.name - (columns > 1 ? size.gap : 0)));
  const lines: string[] = [];
  let height = 0;
  for (let first = 0; first < entries.length; first += columns) {
    const row = entries.slice(first, first + columns);
    const y = place.top + height;
    row.forEach(({ key }, i) => {
      const x = place.left + i * column;
      lines.push(key(x, y), svgLines(x + size.name, y + 4, names[first + i]!));
    });
    height += size.row + lineStep * (Math.max(...row.map((_, i) => names[first + i]!.length)) - 1);
  }
  return { lines, height };
}
