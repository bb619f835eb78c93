/**
 * The grid that outcomes live on: value = integer · scale / 2⁴⁰ with |integer| ≤ 2⁴⁰.
 *
 * The scale is a power of two, so the division loses nothing. A feature entry times a target is an integer of at most
 * 2⁵² and therefore exact in float64. Forty bits leave the cheapest arm of a 10,000-fold price range eight digits when
 * the range is declared tightly, and four when it is declared 10,000 times too wide.
 */

/** Grid steps per scale. */
export const TARGET_UNIT = 2 ** 40;

/**
 * The smallest power of two that is at least max(|minimum|, |maximum|).
 * @throws RangeError when a bound is not finite, the range is empty, or both bounds are 0
 */
export function targetScale(range: { readonly minimum: number; readonly maximum: number }): number {
  const { minimum, maximum } = range;
  const reach = Math.max(Math.abs(minimum), Math.abs(maximum));
  if (!(minimum < maximum) || !Number.isFinite(reach)) {
    throw new RangeError(`a metric needs finite bounds with minimum < maximum, got [${minimum}, ${maximum}]`);
  }
  let scale = 1;
  while (scale < reach) scale *= 2;
  while (scale / 2 >= reach) scale /= 2;
  if (scale > 2 ** 400 || scale < 2 ** -400) {
    throw new RangeError(`a metric's bounds must lie between 1e-120 and 1e120 in size, got [${minimum}, ${maximum}]`);
  }
  return scale;
}

/**
 * Rounds an outcome to the grid.
 * @param value in the metric's unit, |value| ≤ scale
 * @param scale from {@link targetScale}
 * @returns an integer, |integer| ≤ 2⁴⁰, never -0
 * @throws RangeError when the value is not finite or its size exceeds the scale
 */
export function quantiseTarget(value: number, scale: number): number {
  if (!(Math.abs(value) <= scale)) {
    throw new RangeError(`an outcome must be a finite number of size at most ${scale}, got ${value}`);
  }
  return Math.round((value / scale) * TARGET_UNIT) + 0;
}

/** The outcome, in the metric's unit, that a grid integer stands for. */
export function targetFromGrid(target: number, scale: number): number {
  return (target / TARGET_UNIT) * scale;
}
