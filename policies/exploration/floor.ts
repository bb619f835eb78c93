/**
 * The floor: every candidate keeps a minimum probability, so that off-policy weights stay bounded and every belief
 * keeps being tested. Where the distribution is already above the floor it is left exactly as it was.
 */
import { checkDistribution, checkNonNegative } from './check.js';

/**
 * Euclidean projection onto {q : q_i ≥ minimum_i, Σ q = 1}: q_i = max(minimum_i, p_i − τ) with the τ that makes the sum
 * 1. With minimum_i = floor/n this is Vowpal Wabbit's `enforce_minimum_probability`: the distribution nearest to p, not
 * a rescaling. τ by Michelot's active sets (1986, "A finite algorithm for finding the projection of a point onto the
 * canonical simplex of Rⁿ"), at most n passes and two or three in practice.
 * @param probabilities  p, length n, entries ≥ 0, summing to 1
 * @param minimum        length n, entries ≥ 0, summing to at most 1
 * @returns a new distribution, length n
 * @throws RangeError when lengths disagree or the minima sum to more than 1
 */
export function projectOntoMinima(probabilities: Float64Array, minimum: Float64Array): Float64Array {
  const n = probabilities.length;
  checkDistribution('probabilities', probabilities);
  if (minimum.length !== n) throw new RangeError(`minimum must have length ${n}, got ${minimum.length}`);
  checkNonNegative('minimum', minimum);
  return project(probabilities, minimum);
}

/** @param minimum its first n entries */
function project(probabilities: Float64Array, minimum: Float64Array): Float64Array {
  const n = probabilities.length;
  let total = 0;
  let below = false;
  for (let i = 0; i < n; i++) {
    total += minimum[i];
    below ||= probabilities[i] < minimum[i];
  }
  if (total > 1 + 1e-12) throw new RangeError(`minimum must sum to at most 1, got ${total}`);
  const projected = probabilities.slice();
  if (below) lower(probabilities, minimum, projected);
  return projected;
}

/** Lowers what is above its minimum by a common τ, dropping from that set whatever would fall below. */
function lower(probabilities: Float64Array, minimum: Float64Array, projected: Float64Array): void {
  const n = probabilities.length;
  const held = room(n).held;
  for (let i = 0; i < n; i++) held[i] = 0;
  for (let changed = true; changed;) {
    let excess = -1;
    let free = 0;
    for (let i = 0; i < n; i++) {
      excess += held[i] ? minimum[i] : probabilities[i];
      free += 1 - held[i];
    }
    changed = false;
    for (let i = 0; i < n && free > 0; i++) {
      if (held[i]) continue;
      projected[i] = probabilities[i] - excess / free;
      if (projected[i] < minimum[i]) {
        projected[i] = minimum[i];
        held[i] = 1;
        changed = true;
      }
    }
  }
}

interface Room {
  readonly minimum: Float64Array;
  readonly held: Uint8Array;
}

const roomFor = (n: number): Room => ({ minimum: new Float64Array(n), held: new Uint8Array(n) });

/** Kept from call to call: for a few candidates, to make arrays takes longer than to fill them. */
let kept = roomFor(64);

function room(n: number): Room {
  if (kept.held.length < n) kept = roomFor(2 * n);
  return kept;
}

/**
 * Every candidate gets at least floor/n.
 * @param floor  share of the probability given out as minima, in [0, 1]
 * @throws RangeError when floor is outside [0, 1] or probabilities is not a distribution
 */
export function withFloor(probabilities: Float64Array, floor: number): Float64Array {
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`floor must be between 0 and 1, got ${floor}`);
  checkDistribution('probabilities', probabilities);
  const n = probabilities.length;
  const { minimum } = room(n);
  for (let i = 0; i < n; i++) minimum[i] = floor / n;
  return project(probabilities, minimum);
}
