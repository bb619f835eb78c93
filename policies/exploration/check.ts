/** What every rule checks before it computes: lengths that agree and numbers that are finite. */
import type { Candidates } from '../policy.js';

const { isFinite } = Number;

function checkLength(what: string, got: number, n: number): void {
  if (got !== n) throw new RangeError(`${what} must have one entry per arm (${n}), got ${got}`);
}

/** @throws RangeError when an entry is NaN or infinite, naming the first one */
export function checkFinite(what: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (!isFinite(values[i])) throw new RangeError(`${what}[${i}] must be finite, got ${values[i]}`);
  }
}

/** @throws RangeError when an entry is negative, NaN or infinite, naming the first one */
export function checkNonNegative(what: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= 0 && values[i] < Infinity)) {
      throw new RangeError(`${what}[${i}] must be finite and at least 0, got ${values[i]}`);
    }
  }
}

/** Entries in [0, 1] that sum to 1 within 1e-9. @throws RangeError otherwise */
export function checkDistribution(what: string, probabilities: Float64Array): void {
  if (probabilities.length === 0) throw new RangeError(`${what} must have at least one entry, got none`);
  checkNonNegative(what, probabilities);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum += probabilities[i];
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`${what} must sum to 1, got ${sum}`);
}

/** A profile may be silent (NaN), but never infinite. */
function checkProfile(what: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] === Infinity || values[i] === -Infinity) {
      throw new RangeError(`${what}[${i}] must be finite, or NaN where no profile speaks; got ${values[i]}`);
    }
  }
}

/**
 * The contract of `Candidates`, checked the same way by every policy whether or not it looks at every field.
 * @throws RangeError when there is no arm, lengths disagree, or a number is out of its range; the message names it
 */
export function checkCandidates({ arms, mean, deviation, outcomes, profile, energyBudget }: Candidates): void {
  const n = arms.length;
  if (n === 0) throw new RangeError('candidates must hold at least one arm, got none');
  checkLength('mean', mean.length, n);
  checkLength('deviation', deviation.length, n);
  checkLength('profile.accuracy', profile.accuracy.length, n);
  checkLength('profile.energy', profile.energy.length, n);
  checkFinite('mean', mean);
  checkNonNegative('deviation', deviation);
  checkProfile('profile.accuracy', profile.accuracy);
  checkProfile('profile.energy', profile.energy);
  if (!(outcomes >= 0 && isFinite(outcomes))) {
    throw new RangeError(`outcomes must be finite and at least 0, got ${outcomes}`);
  }
  if (Number.isNaN(energyBudget)) throw new RangeError('energyBudget must be a number of joules or Infinity, got NaN');
}

/** @throws RangeError when an option lies outside [minimum, maximum]; the message names the policy and the option */
export function checkOption(
  policy: string,
  option: string,
  value: number,
  minimum: number,
  maximum = Infinity,
): number {
  if (typeof value === 'number' && isFinite(value) && value >= minimum && value <= maximum) return value;
  const range = maximum === Infinity ? `finite and at least ${minimum}` : `between ${minimum} and ${maximum}`;
  throw new RangeError(`${option} of policy ${policy} must be ${range}, got ${String(value)}`);
}
