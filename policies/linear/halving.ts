/** 2^(−k/8) for k = 0 … 7, written out so that every engine halves alike to the last bit. */
const ROOTS: readonly number[] = [
  1, 0.9170040432046712, 0.8408964152537145, 0.7711054127039704, 0.7071067811865476, 0.6484197773255048,
  0.5946035575013605, 0.5452538663326288,
];

/**
 * 2^(−times), the same bits everywhere.
 * @param times ≥ 0, a multiple of 1/8
 */
export function halved(times: number): number {
  const eighths = 8 * times;
  return ROOTS[eighths % 8]! * 2 ** -Math.floor(times);
}
