/** Where the names of points stand: beside them where there is room, and else in a key, by numbers that stand beside them. */
import { short, textWidth } from './svg.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels. */
export interface Named {
  readonly name: string;
  readonly px: number;
  readonly py: number;
}

type Anchor = 'start' | 'middle' | 'end';

export interface Label {
  readonly text: string;
  readonly box: Box;
  readonly anchor: Anchor;
  /** The text is a number, and the name stands in the key. */
  readonly numbered: boolean;
  /** The point, where it is so far away that a line has to lead to it. */
  readonly leader?: Pick<Named, 'px' | 'py'>;
}

const textHeight = 13;
/** Longer names beside points would leave no room for others. */
const widestName = 220;
/** Of a point. */
const radius = 6;

/**
 * @param line pixels that nothing may cover, beside the points
 * @returns a label for each point, none over another, a point or the line
 */
export function placeLabels(points: readonly Named[], line: readonly Box[], inside: Box): Label[] {
  const taken = [...line, ...points.map(({ px, py }) => around(px, py, radius))];
  const isFree = (box: Box) => isWithin(box, inside) && !taken.some((other) => overlap(box, other));
  const names = new Map<number, Label>();
  // Short names first: more of them find a place.
  const order = [...points.keys()].sort((a, b) => textWidth(points[a]!.name) - textWidth(points[b]!.name) || a - b);
  for (const i of order) {
    const label =
      textWidth(points[i]!.name) > widestName ? undefined : placesOfName(points[i]!).find(({ box }) => isFree(box));
    if (!label) continue;
    names.set(i, label);
    taken.push(label.box);
  }
  let numbers = 0;
  return points.map((point, i) => {
    const name = names.get(i);
    if (name) return name;
    const label = numberLabel(point, String(++numbers), isFree);
    taken.push(label.box, ...(label.leader ? along([[point.px, point.py], middleOf(label.box)]) : []));
    return label;
  });
}

const around = (px: number, py: number, room: number): Box => ({
  left: px - room,
  right: px + room,
  top: py - room,
  bottom: py + room,
});

export const middleOf = ({ left, right, top, bottom }: Box): readonly [number, number] => [
  (left + right) / 2,
  (top + bottom) / 2,
];

/** Boxes that hold a line of pixels, one in so many pixels. */
const alongStep = 4;
export function along(corners: readonly (readonly [number, number])[]): Box[] {
  return corners.slice(1).flatMap(([toX, toY], i) => {
    const [fromX, fromY] = corners[i]!;
    const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY) / alongStep);
    return Array.from({ length: steps }, (_, step) =>
      around(fromX + ((toX - fromX) * step) / steps, fromY + ((toY - fromY) * step) / steps, alongStep / 2),
    );
  });
}

/** Right, left, above, below, and a little higher or lower; further away it could as well be the name of another. */
function placesOfName({ name, px, py }: Named): Label[] {
  const place = (anchor: Anchor, x: number, middle: number): Label => ({
    ...{ text: name, anchor, numbered: false },
    box: boxAt(anchor, x, middle, textWidth(name)),
  });
  return [0, 8].flatMap((away) => [
    place('start', px + 8, py - away),
    place('start', px + 8, py + away),
    place('end', px - 8, py - away),
    place('end', px - 8, py + away),
    place('middle', px, py - 14 - away / 2),
    place('middle', px, py + 14 + away / 2),
  ]);
}

function boxAt(anchor: Anchor, x: number, middle: number, width: number): Box {
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { left, right: left + width, top: middle - textHeight / 2, bottom: middle + textHeight / 2 };
}

/** Sixteen directions from right over above; below is last, as lines of a front mostly come from there. */
const quarter = [
  [1, 0],
  [0.92, 0.38],
  [0.71, 0.71],
  [0.38, 0.92],
] as const;
const directions = [
  ...quarter,
  ...quarter.map(([x, y]) => [-y, x] as const),
  ...quarter.map(([x, y]) => [-x, -y] as const),
  ...quarter.map(([x, y]) => [y, -x] as const),
];
const nearest = 13;
const farthest = 760;
/** From here on a line leads to the point. */
const leaderFrom = 18;

/** The number of a name in the key, as near to its point as there is room. */
function numberLabel({ px, py }: Named, text: string, isFree: (box: Box) => boolean): Label {
  const width = textWidth(text) + 2;
  const at = (distance: number, [dx, dy]: readonly [number, number]): Label => ({
    ...{ text, anchor: 'middle', numbered: true },
    box: boxAt('middle', px + dx * distance, py - dy * distance, width),
    ...(distance >= leaderFrom ? { leader: { px, py } } : {}),
  });
  for (let distance = nearest; distance < farthest; distance += 5) {
    const free = directions.map((direction) => at(distance, direction)).find(({ box }) => isFree(box));
    if (free) return free;
  }
  return at(nearest, directions[0]!);
}

const isWithin = (box: Box, inside: Box): boolean =>
  box.left >= inside.left && box.right <= inside.right && box.top >= inside.top && box.bottom <= inside.bottom;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** From the point to the label's edge, where there is one. */
export function leaderLine({ leader, box }: Label): string {
  if (!leader) return '';
  const [x, y] = middleOf(box);
  return `<line x1="${short(leader.px)}" y1="${short(leader.py)}" x2="${short(x)}" y2="${short(y)}" stroke="#9aa5b1" stroke-width="0.8"/>`;
}
