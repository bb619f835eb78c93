/** Scales and round tick values for plots. */
export type Scale = (value: number) => number;

/** Linear from one range to another; a range of one value goes to the middle. */
export function scale([a, b]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  if (a === b) return () => (from + to) / 2;
  return (value) => from + ((value - a) / (b - a)) * (to - from);
}

/** Round values in [low, high], about five of them: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  // Multiples of the step, rounded so that 3 × 0.1 is written 0.3.
  return Array.from({ length: count }, (_, i) => +((first + i) * step).toPrecision(12));
}

/** Powers of ten in [low, high], with twos and fives between where there are few of them. */
export function logTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const factors = last - first > 3 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => factors.map((factor) => +(factor * 10 ** power).toPrecision(6)))
    .filter((tick) => tick >= low && tick <= high);
}
