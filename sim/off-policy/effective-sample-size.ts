/**
 * (Σw)²/Σw²: how many rounds of the target's own the weighted log is worth. Kish 1965, Survey Sampling, section 11.7.
 * @returns in [0, n]; 0 where no round has any weight
 */
export function effectiveSampleSize(weights: Float64Array): number {
  let sum = 0;
  let square = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    square += weights[i]! * weights[i]!;
  }
  return square > 0 ? (sum * sum) / square : 0;
}

/** 0 for an empty array. */
export function largest(weights: Float64Array): number {
  let most = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i]! > most) most = weights[i]!;
  return most;
}
