/** B₂ⱼ/(2j)! for j = 1 … 5. */
const coefficients = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160];
const directTerms = 12;

/**
 * Riemann's ζ(s) = Σ k⁻ˢ for s > 1, by Euler–Maclaurin summation (Abramowitz & Stegun 23.2.3) after twelve terms:
 * relative error below 1e-13 for s in (1, 20].
 */
export function zeta(s: number): number {
  if (!(s > 1)) throw new RangeError(`ζ(s) needs s > 1, got ${s}`);
  let sum = 0;
  for (let k = 1; k < directTerms; k++) sum += k ** -s;
  sum += directTerms ** (1 - s) / (s - 1) + directTerms ** -s / 2;
  let rising = s;
  coefficients.forEach((coefficient, i) => {
    const j = 2 * i + 1;
    sum += coefficient * rising * directTerms ** (-s - j);
    rising *= (s + j) * (s + j + 1);
  });
  return sum;
}
