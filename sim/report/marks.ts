/** Upright lines where something changed, each with its label beside its upper end. */
import { halo, short, svgText, textWidth } from './svg.js';

export interface Mark {
  /** Pixels. */
  readonly at: number;
  readonly label: string;
}

export interface PlacedMark extends Mark {
  /** A label begins at its line, and ends there where it must not go on to the right. */
  readonly anchor: 'start' | 'end';
  /** From above; a line begins at the row of its label. */
  readonly row: number;
}

const gap = 4;
/** More rows would leave too little of the plot. */
const mostRows = 4;
const rowHeight = 14;

/** What is drawn, and what has to be told below because only its number is. */
export interface Marks {
  readonly placed: readonly PlacedMark[];
  readonly numbered: boolean;
}

/**
 * Labels where all have room, else numbers. Where even numbers need too many rows, lines may cross them.
 * @param across the pixels that labels may take
 */
export function marksWith(marks: readonly Mark[], across: readonly [left: number, right: number]): Marks {
  const placed = placeMarks(marks, across);
  if (placed && rowsOf(placed) <= mostRows) return { placed, numbered: false };
  const numbers = marks.map(({ at }, i) => ({ at, label: String(i + 1) }));
  const apart = placeMarks(numbers, across)!;
  return { placed: rowsOf(apart) <= mostRows ? apart : placeMarks(numbers, across, true)!, numbered: true };
}

/** Pixels that the labels take. */
export const heightOf = ({ placed }: Marks): number => rowsOf(placed) * rowHeight;

const rowsOf = (placed: readonly PlacedMark[]): number => placed.reduce((most, { row }) => Math.max(most, row + 1), 0);

type Sided = Omit<PlacedMark, 'row'>;

/**
 * No label covers another, nor is it crossed by the line of another: a mark whose line a label would cross stands in a lower
 * row, and a line begins at its row.
 * @returns undefined where a label has no room on either side of its line
 */
export function placeMarks(
  marks: readonly Mark[],
  across: readonly [number, number],
  mayCross = false,
): PlacedMark[] | undefined {
  const sided = sidesOf(marks, across);
  if (!sided) return undefined;
  // Labels that end at their lines lie over lines to the left, and only those; so these orders meet what is crossed last.
  const order = [...sided.filter(isLeft).reverse(), ...sided.filter((mark) => !isLeft(mark))];
  const placed: PlacedMark[] = [];
  for (const mark of order) {
    const above = mayCross ? [] : placed.filter((other) => covers(other, mark.at)).map(({ row }) => row + 1);
    let row = Math.max(0, ...above);
    while (placed.some((other) => other.row === row && overlap(other, mark))) row++;
    placed.push({ ...mark, row });
  }
  return placed.sort((a, b) => a.at - b.at);
}

/** To the right, unless the picture ends there, or the line of a mark whose label had to go to the left is in the way. */
function sidesOf(marks: readonly Mark[], [left, right]: readonly [number, number]): Sided[] | undefined {
  let end = right;
  const sided: Sided[] = [];
  for (const mark of [...marks].sort((a, b) => b.at - a.at)) {
    const width = textWidth(mark.label) + 2 * gap;
    if (mark.at + width <= end) sided.unshift({ ...mark, anchor: 'start' });
    else if (mark.at - width >= left) {
      sided.unshift({ ...mark, anchor: 'end' });
      end = mark.at;
    } else return undefined;
  }
  return sided;
}

const isLeft = ({ anchor }: Sided): boolean => anchor === 'end';

function span(mark: Sided): readonly [from: number, to: number] {
  const width = textWidth(mark.label) + 2 * gap;
  return isLeft(mark) ? [mark.at - width, mark.at] : [mark.at, mark.at + width];
}

const covers = (mark: Sided, at: number): boolean => span(mark)[0] <= at && at <= span(mark)[1];

const overlap = (a: Sided, b: Sided): boolean => span(a)[0] < span(b)[1] && span(b)[0] < span(a)[1];

/** Labels over all lines. @param top of the first row */
export function marksDrawn({ placed }: Marks, top: number, bottom: number): string[] {
  const y = (row: number) => top + row * rowHeight;
  return [
    ...placed.map(
      ({ at, row }) =>
        `<line x1="${short(at)}" x2="${short(at)}" y1="${short(y(row))}" y2="${short(bottom)}" stroke="#52606d" stroke-dasharray="2 3"/>`,
    ),
    ...placed.map(({ at, label, anchor, row }) => {
      const [x, side] = anchor === 'end' ? [at - gap, 'text-anchor="end" '] : [at + gap, ''];
      return svgText(x, y(row) + 4, label, `${side}fill="#52606d" ${halo}`);
    }),
  ];
}
