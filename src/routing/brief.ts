const powersOfTen = Array.from({ length: 309 }, (_, i) => Number(`1e${i}`));
const digits = 6;

/**
 * A number to six significant digits, which is more than any belief is sure of: an answer of sixteen arms carries a
 * hundred such numbers, and each takes half the time and half the bytes to write as the shortest text that tells all its bits.
 * @param value finite; what is beyond 1e-300 or 1e300 is left as it is
 */
export function brief(value: number): number {
  const size = Math.abs(value);
  if (!(size > 1e-300 && size < 1e300)) return value;
  const shift = digits - 1 - Math.floor(Math.log10(size));
  if (shift > 300) return value;
  // Powers of ten up to 1e22 are exact, and a quotient by one is the number nearest to the decimal that is meant.
  if (shift >= 0) return Math.round(value * powersOfTen[shift]) / powersOfTen[shift];
  return Math.round(value / powersOfTen[-shift]) * powersOfTen[-shift];
}
