/** Finds places for labels beside dots so that none covers another. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly label: string;
}

export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels of a character and of a line at the size that labels have. */
const character = 6.3;
const line = 13;

const overlap = (a: Box, b: Box) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

const around = ({ x, y, radius }: Labelled): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

function boxOf({ x, y, anchor }: PlacedLabel, label: string): Box {
  const width = label.length * character;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - line + 3, bottom: y + 3 };
}

/** Right of the dot, left, above, below, and then right again but a line higher or lower. */
function choices({ x, y, radius }: Labelled): PlacedLabel[] {
  const gap = radius + 4;
  return [
    { x: x + gap, y: y + 4, anchor: 'start' },
    { x: x - gap, y: y + 4, anchor: 'end' },
    { x, y: y - gap, anchor: 'middle' },
    { x, y: y + gap + 8, anchor: 'middle' },
    { x: x + gap, y: y - 8, anchor: 'start' },
    { x: x + gap, y: y + 16, anchor: 'start' },
  ];
}

/**
 * A place for each label, in the order given, the first choice that covers least of dots and labels placed before.
 * @param bounds what the labels should stay inside of
 */
export function placeLabels(dots: readonly Labelled[], bounds: Box): PlacedLabel[] {
  const taken = dots.map(around);
  return dots.map((dot) => {
    const costs = choices(dot).map((choice) => {
      const box = boxOf(choice, dot.label);
      const outside = (box.right - box.left) * line - overlap(box, bounds);
      return { choice, box, cost: taken.reduce((sum, other) => sum + overlap(box, other), 10 * outside) };
    });
    const best = costs.reduce((least, candidate) => (candidate.cost < least.cost ? candidate : least));
    taken.push(best.box);
    return best.choice;
  });
}
