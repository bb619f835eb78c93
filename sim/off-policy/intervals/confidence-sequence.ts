/**
 * An interval for the value of a target that holds at every moment at once: whoever watches it and stops when they like
 * what they see is still covered. For w ≥ 0 with mean 1 and outcomes r in [minimum, maximum],
 *
 *   x = w·(r − minimum)/(maximum − minimum),   x̂_t = min(1, (½ + Σ_{s<t} x_s)/t),   V = max(1, Σ (x_t − x̂_t)²),
 *   ℓ = s·ln(log_η(ηV) + 1) + ln(ζ(s)/(α/2)),
 *   L = max(0, (Σ x − √(g₁²ℓV + g₂²ℓ²) − g₂ℓ)/t),  g₁ = (η^¼ + η^−¼)/√2,  g₂ = (√η + 1)/2,
 *
 * and the upper bound is 1 − L of w·(maximum − r). With ξ = x − x̂ and λ in [0, 1), what it rests on is
 *
 *   exp(λξ + (λ + ln(1 − λ))·ξ²) ≤ 1 + λξ   for ξ ≥ −1
 *
 * (Fan, Grama & Liu 2015, "Exponential inequalities for martingales with applications", section 4). So x needs no upper
 * bound, but x̂ ≤ 1 + x, and as x may be 0, x̂ ≤ 1. A few large weights carry the running mean beyond that, though never the
 * true one, so it is cut off there, as in Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2022, "Anytime-valid off-policy
 * inference for contextual bandits", section 3. The bound that holds at every moment: Howard, Ramdas, McAuliffe & Sekhon
 * 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", theorem 1 with equation 10 (polynomial
 * stitching) and theorem 4.
 */
import { checkConfidence, type Interval } from './interval.js';
import { zeta } from './zeta.js';

/** Ratio of the epochs that are stitched, and exponent of their weights. */
const eta = 1.1;
const exponent = 1.1;

class LowerBound {
  private count = 0;
  private sum = 0;
  private variance = 0;

  add(x: number): void {
    this.count++;
    const expected = Math.min(1, (this.sum + 0.5) / this.count);
    this.variance += (x - expected) ** 2;
    this.sum += x;
  }

  /** @param alpha probability that the bound is ever above the mean */
  at(alpha: number): number {
    if (this.count === 0) return 0;
    const variance = Math.max(1, this.variance);
    const ell = exponent * Math.log(Math.log(eta * variance) / Math.log(eta) + 1) + Math.log(zeta(exponent) / alpha);
    const g1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
    const g2 = (Math.sqrt(eta) + 1) / 2;
    const width = Math.sqrt(g1 * g1 * ell * variance + g2 * g2 * ell * ell) + g2 * ell;
    return Math.max(0, (this.sum - width) / this.count);
  }
}

export class ConfidenceSequence {
  private readonly low = new LowerBound();
  private readonly high = new LowerBound();

  /** @param range of the outcomes, declared before they are seen; minimum < maximum, both finite */
  constructor(private readonly range: { readonly minimum: number; readonly maximum: number }) {
    const { minimum, maximum } = range;
    if (!(minimum < maximum) || !Number.isFinite(maximum - minimum))
      throw new RangeError(`expected finite minimum < maximum, got ${minimum} and ${maximum}`);
  }

  /**
   * @param weight w ≥ 0
   * @param reward r in the declared range
   */
  add(weight: number, reward: number): void {
    const { minimum, maximum } = this.range;
    if (!(reward >= minimum && reward <= maximum))
      throw new RangeError(`an outcome lies from ${minimum} to ${maximum} as declared, got ${reward}`);
    if (!(weight >= 0 && weight < Infinity)) throw new RangeError(`a weight is finite and at least 0, got ${weight}`);
    this.low.add((weight * (reward - minimum)) / (maximum - minimum));
    this.high.add((weight * (maximum - reward)) / (maximum - minimum));
  }

  /** @param confidence 1 − α, shared out evenly to the two sides */
  interval(confidence: number): Interval {
    checkConfidence(confidence);
    const alpha = (1 - confidence) / 2;
    const { minimum, maximum } = this.range;
    const scaled = (share: number) => minimum + share * (maximum - minimum);
    return { low: scaled(this.low.at(alpha)), high: scaled(1 - this.high.at(alpha)) };
  }
}
