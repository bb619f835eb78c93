/**
 * Means xᵀθ and variances xᵀΛ⁻¹x of many beliefs at one context: the hot path of every decision.
 *
 * A slot is one belief. Slots are metric-major (slot = metric·arms + arm), so that one call serves all arms of a metric.
 * xᵀΛ⁻¹x is the dot product of vech(x·xᵀ), its off-diagonal doubled, with the packed Λ⁻¹: the products are formed
 * once a context and every slot is one contiguous run over memory. A context with few entries (one-hot tasks) visits
 * only the entries of Λ⁻¹ that its products touch.
 */
import { FEATURE_UNIT } from '../linear/grid.js';
import { packedLength } from '../linear/packed.js';
import { sharedArena, type Arena } from './arena.js';
import { padded } from './kernel.js';
import { scratchOf, type Scratch } from './scratch.js';

/** A scattered product costs about as much as this many contiguous ones. */
const SCATTER_COST = 4;

export interface ScorerOptions {
  /** How many beliefs, ≥ 1. */
  readonly slots: number;
  /** Length d of x, ≥ 1. */
  readonly dimension: number;
  /** Where its memory comes from; the process's own by default. */
  readonly arena?: Arena;
}

export class Scorer {
  readonly slots: number;
  readonly dimension: number;
  private readonly arena: Arena;
  private readonly scratch: Scratch;
  /** Doubles from one slot to the next. */
  private readonly meanStride: number;
  private readonly covarianceStride: number;
  private readonly meanStart: number;
  private readonly covarianceStart: number;
  private readonly features: Int16Array;
  /** Products of the current features: none yet, all of them, or a number of terms. */
  private expansion: 'none' | 'dense' | 'sparse' = 'none';
  private terms = 0;
  private released = false;

  /** @throws RangeError when a size is not a positive integer or memory runs out */
  constructor({ slots, dimension, arena = sharedArena() }: ScorerOptions) {
    if (!Number.isInteger(slots) || slots < 1) throw new RangeError(`a scorer needs at least 1 slot, got ${slots}`);
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new RangeError(`a scorer needs a dimension of at least 1, got ${dimension}`);
    }
    this.slots = slots;
    this.dimension = dimension;
    this.arena = arena;
    this.scratch = scratchOf(arena);
    this.meanStride = padded(dimension);
    this.covarianceStride = padded(packedLength(dimension));
    this.scratch.reserve(this.meanStride, this.covarianceStride, padded(slots));
    this.meanStart = arena.allocate(slots * (this.meanStride + this.covarianceStride));
    this.covarianceStart = this.meanStart + slots * this.meanStride;
    this.features = new Int16Array(dimension);
  }

  /**
   * Puts a belief into a slot.
   * @param mean θ, length d
   * @param covariance packed lower triangle of Λ⁻¹ by rows, length d(d+1)/2
   * @throws RangeError when the slot does not exist, a length differs or an entry is not finite
   */
  load(slot: number, mean: Float64Array, covariance: Float64Array): void {
    this.checkRange(slot, 1, undefined);
    checkEntries('mean', mean, this.dimension);
    checkEntries('covariance', covariance, packedLength(this.dimension));
    this.arena.kernel.doubles.set(mean, this.meanStart + slot * this.meanStride);
    this.arena.kernel.doubles.set(covariance, this.covarianceStart + slot * this.covarianceStride);
  }

  /**
   * Sets the context that {@link means} and {@link variances} are asked of.
   * @param x on the grid, length d, entries in [-4096, 4096]
   * @throws RangeError when the length differs
   */
  setFeatures(x: Int16Array): void {
    this.checkFeatures(x);
    this.features.set(x);
    this.writeFeatures();
  }

  /**
   * out[k] = xᵀθ of slot first + k, for k < count.
   * @throws RangeError when slots do not exist or `out` is too short
   */
  means(first: number, count: number, out: Float64Array): void {
    this.checkRange(first, count, out);
    this.own();
    this.sumMeans(first, count, out, 0);
  }

  /**
   * out[k] = xᵀΛ⁻¹x of slot first + k, for k < count; ≥ 0 up to rounding.
   * @throws RangeError when slots do not exist or `out` is too short
   */
  variances(first: number, count: number, out: Float64Array): void {
    this.checkRange(first, count, out);
    this.own();
    if (this.expansion === 'none') this.expand();
    this.sumVariances(first, count, out, 0);
  }

  /**
   * Means and variances of many contexts in one pass: entry b·count + k is context b and slot first + k. The context
   * set before is gone afterwards.
   * @param contexts B vectors on the grid, length d
   * @param means length ≥ B·count
   * @param variances length ≥ B·count
   * @throws RangeError when a length differs or slots do not exist
   */
  scoreBatch(
    contexts: readonly Int16Array[],
    first: number,
    count: number,
    means: Float64Array,
    variances: Float64Array,
  ): void {
    for (const x of contexts) this.checkFeatures(x);
    this.checkRange(first, count, undefined);
    checkLength('means', means, contexts.length * count);
    checkLength('variances', variances, contexts.length * count);
    contexts.forEach((x, b) => {
      this.setFeatures(x);
      this.expand();
      this.sumMeans(first, count, means, b * count);
      this.sumVariances(first, count, variances, b * count);
    });
  }

  /** Gives its memory back; the scorer cannot be used afterwards. Releasing twice is allowed. */
  release(): void {
    if (this.released) return;
    this.released = true;
    this.arena.release(this.meanStart);
    if (this.scratch.owner === this) this.scratch.owner = undefined;
  }
  /** Another scorer may have used the scratch since the features were set. */
  private own(): void {
    if (this.scratch.owner !== this) this.writeFeatures();
  }

  private writeFeatures(): void {
    const memory = this.arena.kernel.doubles;
    const { features, scratch, dimension } = this;
    for (let i = 0; i < dimension; i++) memory[scratch.x + i] = features[i]! / FEATURE_UNIT;
    for (let i = dimension; i < this.meanStride; i++) memory[scratch.x + i] = 0;
    scratch.owner = this;
    this.expansion = 'none';
  }

  private expand(): void {
    if (this.isSparse()) {
      this.expandSparse();
      this.expansion = 'sparse';
    } else {
      this.expandDense();
      this.expansion = 'dense';
    }
  }

  private expandDense(): void {
    const { kernel } = this.arena;
    const { x, z } = this.scratch;
    kernel.expand(x, this.dimension, z);
    for (let k = packedLength(this.dimension); k < this.covarianceStride; k++) kernel.doubles[z + k] = 0;
  }

  private expandSparse(): void {
    const { doubles, integers } = this.arena.kernel;
    const { x, z, offsets } = this.scratch;
    let terms = 0;
    for (let i = 0, row = 0; i < this.dimension; row += ++i) {
      const xi = doubles[x + i]!;
      if (xi === 0) continue;
      for (let j = 0; j <= i; j++) {
        const xj = doubles[x + j]!;
        if (xj === 0) continue;
        integers[offsets + terms] = row + j;
        doubles[z + terms++] = (j < i ? 2 : 1) * xi * xj;
      }
    }
    this.terms = terms;
  }

  private isSparse(): boolean {
    const { features } = this;
    let support = 0;
    for (let i = 0; i < features.length; i++) if (features[i] !== 0) support++;
    return SCATTER_COST * packedLength(support) < this.covarianceStride;
  }

  private sumMeans(first: number, count: number, out: Float64Array, at: number): void {
    const { scratch, meanStride } = this;
    this.arena.kernel.dots(this.meanStart + first * meanStride, meanStride, scratch.x, count, scratch.out);
    this.copyOut(count, out, at);
  }

  private sumVariances(first: number, count: number, target: Float64Array, at: number): void {
    const { kernel } = this.arena;
    const { z, offsets, out } = this.scratch;
    const stride = this.covarianceStride;
    const rows = this.covarianceStart + first * stride;
    if (this.expansion === 'dense') kernel.dots(rows, stride, z, count, out);
    else kernel.sparseDots(rows, stride, offsets, z, this.terms, count, out);
    this.copyOut(count, target, at);
  }

  private copyOut(count: number, out: Float64Array, at: number): void {
    const memory = this.arena.kernel.doubles;
    const from = this.scratch.out;
    for (let k = 0; k < count; k++) out[at + k] = memory[from + k]!;
  }

  private checkFeatures(x: Int16Array): void {
    if (this.released) throw new RangeError('the scorer was released; create another');
    if (x.length !== this.dimension)
      throw new RangeError(`features must have length ${this.dimension}, got ${x.length}`);
  }

  private checkRange(first: number, count: number, out: Float64Array | undefined): void {
    if (this.released) throw new RangeError('the scorer was released; create another');
    if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0 || first + count > this.slots) {
      throw new RangeError(`slots must lie in [0, ${this.slots}), got ${count} from ${first}`);
    }
    if (out) checkLength('the result', out, count);
  }
}

function checkLength(name: string, out: Float64Array, count: number): void {
  if (out.length < count) throw new RangeError(`${name} must have length ${count} or more, got ${out.length}`);
}

function checkEntries(name: string, entries: Float64Array, length: number): void {
  if (entries.length !== length) throw new RangeError(`the ${name} must have length ${length}, got ${entries.length}`);
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(entries[i]!))
      throw new RangeError(`entry ${i} of the ${name} must be finite, got ${entries[i]}`);
  }
}
