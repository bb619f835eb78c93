/** From values to pixels, and the values that are worth a tick. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** @param range [low, high] with low < high; a range of one value is widened */
export function linearAxis([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Axis {
  const [a, b] = high > low ? [low, high] : [low - 0.5, low + 0.5];
  const rough = (b - a) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
  const first = Math.ceil(a / step - 1e-9);
  const count = Math.floor(b / step + 1e-9) - first + 1;
  return {
    at: (value) => from + ((value - a) / (b - a)) * (to - from),
    ticks: Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12))),
  };
}

const fewTicks = 3;

/** Powers of ten, with twos and fives between where there are few. @param range [low, high], both above 0 */
export function logAxis([low, high]: readonly [number, number], pixels: readonly [number, number]): Axis {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const linear = linearAxis([Math.log10(low), Math.log10(high)], pixels);
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const ticks = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  const tens = ticks([1]);
  return { at: (value) => linear.at(Math.log10(value)), ticks: tens.length < fewTicks ? ticks([1, 2, 5]) : tens };
}

/** The least range that holds all values, with a little room on both sides. */
export function rangeOf(values: readonly number[], room = 0.05): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = (high - low || Math.abs(high) || 1) * room;
  return [low - margin, high + margin];
}
