/**
 * q̂(x, a): what an arm's outcome is expected to be, by a ridge regression per arm over the features of the context,
 *
 *   θ_a = (D + Σ x·xᵀ)⁻¹ Σ x·(y − l) + l·e₀,
 *
 * over the rounds in which the arm was logged, with D the ridge of `policies/linear` and l the mean outcome of all arms:
 * an arm that was hardly ever logged is taken for an average one. Cross-fitted: the rounds are split into folds, and a
 * round is predicted by what was fitted on the other folds, so that no round is predicted from its own outcome.
 * (In a log whose propensities were learned from earlier rounds, folds of the future say a little of the present; the
 * effect is of second order and is not corrected.)
 */
import { factorise, solve } from '../../policies/linear/cholesky.js';
import { FEATURE_UNIT } from '../../policies/linear/grid.js';
import { addOuterProduct, packedLength, packedRow } from '../../policies/linear/packed.js';
import { addRidge, type Ridge } from '../../policies/linear/ridge.js';
import { mix32 } from '../../src/routing/features/random.js';

/** As a router believes by default. */
const ridge: Ridge = { bias: 1, features: 4 };
export const defaultFolds = 5;
/** Numbers that the sums may take; two folds are used where five would take more. */
const mostNumbers = 4e7;

export interface ModelShape {
  readonly arms: number;
  /** Length d of x. */
  readonly dimension: number;
  /** Outcomes that are predicted side by side. */
  readonly outcomes: number;
}

/** Sums of one arm over the rounds of one fold. */
interface Sums {
  readonly gram: Float64Array;
  /** Σ x·y of each outcome. */
  readonly moments: readonly Float64Array[];
}

/** Folds that the memory allows; 0 when not even two fit. */
export function foldsFor({ arms, dimension }: ModelShape): number {
  const numbers = arms * packedLength(dimension);
  return [defaultFolds, 2].find((folds) => folds * numbers <= mostNumbers) ?? 0;
}

export class OutcomeModel {
  /** By fold, then arm; absent where an arm was not logged in a fold. */
  private readonly sums: (Sums | undefined)[][];
  /** θ by fold, then arm, then outcome. */
  private coefficients: Float64Array[][][] = [];

  constructor(
    private readonly shape: ModelShape,
    private readonly folds: number,
  ) {
    if (!(folds >= 2)) throw new RangeError(`cross-fitting takes at least 2 folds, got ${folds}`);
    this.sums = Array.from({ length: folds }, () => new Array<undefined>(shape.arms).fill(undefined));
  }

  /**
   * @param place    of the round among the rounds that are used; it settles the fold
   * @param features on the grid, length d
   * @param values   one per outcome
   */
  add(place: number, arm: number, features: Int16Array, values: ArrayLike<number>): void {
    const x = natural(features);
    const sums = (this.sums[this.foldOf(place)]![arm] ??= emptySums(this.shape));
    addOuterProduct(sums.gram, x, 1);
    sums.moments.forEach((moment, m) => {
      for (let i = 0; i < x.length; i++) moment[i]! += x[i]! * values[m]!;
    });
  }

  /** Fits an arm at a step, so that the caller may do other things between. */
  *fit(): Generator<void> {
    this.coefficients = [];
    for (let fold = 0; fold < this.folds; fold++) {
      const levels = this.levels(fold);
      const fitted: Float64Array[][] = [];
      for (let arm = 0; arm < this.shape.arms; arm++) {
        fitted.push(this.fitArm(fold, arm, levels));
        yield;
      }
      this.coefficients.push(fitted);
    }
  }

  /** The predicted outcome of an arm for a round that was not used to fit it. */
  predict(place: number, arm: number, outcome: number, features: Int16Array): number {
    const theta = this.coefficients[this.foldOf(place)]![arm]![outcome]!;
    let sum = 0;
    for (let i = 0; i < theta.length; i++) sum += theta[i]! * features[i]!;
    return sum / FEATURE_UNIT;
  }

  /** By hash, so that no pattern in the order of a log becomes one of the folds. */
  private foldOf(place: number): number {
    return mix32(place + 1) % this.folds;
  }

  private others(fold: number, arm: number): Sums[] {
    return this.sums.flatMap((arms, k) => (k !== fold && arms[arm] ? [arms[arm]] : []));
  }

  /** The mean of each outcome over all arms, outside a fold. */
  private levels(fold: number): Float64Array {
    const totals = new Float64Array(this.shape.outcomes);
    let count = 0;
    for (let arm = 0; arm < this.shape.arms; arm++) {
      for (const { gram, moments } of this.others(fold, arm)) {
        count += gram[0]!;
        moments.forEach((moment, m) => (totals[m]! += moment[0]!));
      }
    }
    return totals.map((total) => (count > 0 ? total / count : 0));
  }

  private fitArm(fold: number, arm: number, levels: Float64Array): Float64Array[] {
    const { dimension } = this.shape;
    const parts = this.others(fold, arm);
    if (parts.length === 0) return Array.from(levels, (level) => constant(dimension, level));
    const total = emptySums(this.shape);
    for (const part of parts) addSums(total, part);
    const precision = Float64Array.from(total.gram);
    addRidge(precision, ridge, dimension);
    const factor = factorise(precision, dimension);
    return total.moments.map((moment, m) => {
      const level = levels[m]!;
      const theta = solve(
        factor,
        moment.map((value, i) => value - level * total.gram[packedRow(i)]!),
      );
      theta[0]! += level;
      return theta;
    });
  }
}

function emptySums({ dimension, outcomes }: ModelShape): Sums {
  return {
    gram: new Float64Array(packedLength(dimension)),
    moments: Array.from({ length: outcomes }, () => new Float64Array(dimension)),
  };
}

function addSums(total: Sums, part: Sums): void {
  for (let k = 0; k < total.gram.length; k++) total.gram[k]! += part.gram[k]!;
  total.moments.forEach((moment, m) => {
    for (let i = 0; i < moment.length; i++) moment[i]! += part.moments[m]![i]!;
  });
}

function constant(dimension: number, level: number): Float64Array {
  const theta = new Float64Array(dimension);
  theta[0] = level;
  return theta;
}

const natural = (features: Int16Array) => Float64Array.from(features, (entry) => entry / FEATURE_UNIT);
