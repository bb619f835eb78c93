/**
 * Everything that is kept of the outcomes of one arm and metric: exact sums over rows (x, y) on their grids.
 *
 *   count = Σ 1      gram = Σ x·xᵀ      moment = Σ x·y      square = Σ y²
 *
 * All four are integers and each has one representation only, so any order of the rows, any split into shards that are
 * merged, and any addition that is later subtracted give the same bytes.
 */
import { FEATURE_UNIT } from './grid.js';
import { packedLength, packedRow } from './packed.js';
import { PendingRows } from './pending-rows.js';
import { decodeStatistics, encodeStatistics } from './statistics-bytes.js';
import { TARGET_UNIT } from './target.js';

/** Above 2²⁹ rows a sum of products of two features could leave the integers that float64 holds exactly. */
export const MAXIMUM_COUNT = 2 ** 29;
/** Radix of the two limbs of a moment. */
export const MOMENT_RADIX = 2 ** 52;
/** Radix of the three limbs of the square. */
export const SQUARE_RADIX = 2 ** 40;
const HALF_RADIX = 2 ** 20;
/** Below this dimension a row's products cost less than putting it aside. */
const SMALLEST_BLOCKED = 24;
/** A row with less than this part of its entries set has few products, which are added at once. */
const SPARSE = 4;

/** What two square roots and their product may be off by. */
const ROOT_ROUNDING = 2 ** -50;

/** The features of the row being added, as float64; rows are added one at a time, so one buffer serves all. */
let row = new Float64Array(64);
/** Indices of its entries that are not 0. */
let support = new Int32Array(64);

export class Statistics {
  /** Rows in the sums, an integer in [0, 2²⁹]. */
  count = 0;
  private readonly products: Float64Array;
  private pending: PendingRows | undefined;
  /** Σ x·y in units of 2⁻⁵² of the target scale is momentHigh·2⁵² + momentLow with 0 ≤ momentLow < 2⁵²; length d. */
  readonly momentHigh: Float64Array;
  readonly momentLow: Float64Array;
  /** Σ y² in units of 2⁻⁸⁰ of the squared target scale: three limbs of 40 bits, the lowest first. */
  readonly squareLimbs: Float64Array;

  /** @param dimension length d of x, an integer ≥ 1 */
  constructor(readonly dimension: number) {
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new RangeError(`statistics need a dimension of at least 1, got ${dimension}`);
    }
    this.products = new Float64Array(packedLength(dimension));
    this.momentHigh = new Float64Array(dimension);
    this.momentLow = new Float64Array(dimension);
    this.squareLimbs = new Float64Array(3);
  }

  /** Packed lower triangle of Σ x·xᵀ in units of 2⁻²⁴, length d(d+1)/2; integers. */
  get gram(): Float64Array {
    this.pending?.flush(this.products);
    return this.products;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Σ y² in units of 2⁻⁸⁰ of the squared target scale. */
  get square(): bigint {
    const [low, middle, high] = this.squareLimbs as unknown as [number, number, number];
    return (BigInt(high) << 80n) + (BigInt(middle) << 40n) + BigInt(low);
  }

  /**
   * Adds one outcome.
   * @param features on the grid, length d, entries in [-4096, 4096]
   * @param target on its grid, an integer in [-2⁴⁰, 2⁴⁰]
   * @throws RangeError when a row does not fit or the sums are full; they are unchanged then
   */
  add(features: Int16Array, target: number): void {
    const entries = this.read(features, target);
    if (this.count >= MAXIMUM_COUNT) throw full(this.count + 1);
    if (this.dimension < SMALLEST_BLOCKED || SPARSE * entries < this.dimension) this.addProducts(entries, 1);
    else (this.pending ??= new PendingRows(this.dimension)).add(features, this.products);
    this.addRest(entries, target, 1);
  }

  /**
   * Takes out one outcome that was added before.
   * @throws RangeError when a row does not fit or cannot have been added; the sums are unchanged then
   */
  subtract(features: Int16Array, target: number): void {
    const entries = this.read(features, target);
    this.refuseForeignRow(entries, target);
    this.addProducts(entries, -1);
    this.addRest(entries, target, -1);
    if (this.count === 0 && !this.isZero()) {
      this.addProducts(entries, 1);
      this.addRest(entries, target, 1);
      throw foreign();
    }
  }

  /**
   * Adds all rows of another set of statistics.
   * @throws RangeError when dimensions differ or the sums would be full; they are unchanged then
   */
  merge(other: Statistics): void {
    this.refuseDimension(other);
    if (this.count + other.count > MAXIMUM_COUNT) throw full(this.count + other.count);
    this.combine(other, 1);
  }

  /**
   * Takes out rows that were merged before.
   * @throws RangeError when dimensions differ or the rows cannot have been merged; the sums are unchanged then
   */
  unmerge(other: Statistics): void {
    this.refuseDimension(other);
    if (other.count > this.count) throw foreign();
    this.combine(other, -1);
    if (!this.isPossible()) {
      this.combine(other, 1);
      throw foreign();
    }
  }

  clone(): Statistics {
    const copy = new Statistics(this.dimension);
    copy.count = this.count;
    copy.gram.set(this.gram);
    copy.momentHigh.set(this.momentHigh);
    copy.momentLow.set(this.momentLow);
    copy.squareLimbs.set(this.squareLimbs);
    return copy;
  }

  /** The one byte string of these sums; equal sums give equal bytes. */
  toBytes(): Uint8Array {
    return encodeStatistics(this);
  }

  /** @throws RangeError when the bytes are not what {@link toBytes} writes */
  static fromBytes(bytes: Uint8Array): Statistics {
    const statistics = decodeStatistics(bytes, (dimension) => new Statistics(dimension));
    if (!statistics.isPossible()) throw new RangeError('the bytes hold sums that no rows can have');
    return statistics;
  }

  /** Copies a row into the shared buffer and checks it; returns how many entries are not 0. */
  private read(features: Int16Array, target: number): number {
    const d = this.dimension;
    if (features.length !== d) throw new RangeError(`features must have length ${d}, got ${features.length}`);
    if (!Number.isInteger(target) || target > TARGET_UNIT || target < -TARGET_UNIT) {
      throw new RangeError(`a target on the grid is an integer of size at most 2^40, got ${target}`);
    }
    if (row.length < d) {
      row = new Float64Array(2 * d);
      support = new Int32Array(2 * d);
    }
    let entries = 0;
    for (let i = 0; i < d; i++) {
      const value = features[i]!;
      if (value > FEATURE_UNIT || value < -FEATURE_UNIT) {
        throw new RangeError(`feature ${i} on the grid must lie in [-4096, 4096], got ${value}`);
      }
      row[i] = value;
      support[entries] = i;
      if (value !== 0) entries++;
    }
    return entries;
  }

  private addProducts(entries: number, sign: 1 | -1): void {
    if (2 * entries > this.dimension) addDense(this.products, entries, sign);
    else addSparse(this.products, entries, sign);
  }

  private addRest(entries: number, target: number, sign: 1 | -1): void {
    this.count += sign;
    this.addMoment(entries, sign * target);
    this.addSquare(target, sign);
  }

  /** |x·y| ≤ 2⁵², so one carry settles the limbs. */
  private addMoment(entries: number, target: number): void {
    const { momentHigh, momentLow } = this;
    for (let k = 0; k < entries; k++) {
      const i = support[k]!;
      const low = momentLow[i]! + row[i]! * target;
      const carry = low >= MOMENT_RADIX ? 1 : low < 0 ? -1 : 0;
      momentLow[i] = low - carry * MOMENT_RADIX;
      momentHigh[i]! += carry;
    }
  }

  /** y² by halves of 20 bits: (h·2²⁰ + l)² = h²·2⁴⁰ + 2hl·2²⁰ + l². */
  private addSquare(target: number, sign: 1 | -1): void {
    const size = Math.abs(target);
    const high = Math.floor(size / HALF_RADIX);
    const low = size - high * HALF_RADIX;
    const cross = 2 * high * low;
    const carried = Math.floor(cross / HALF_RADIX);
    addLimbs(
      this.squareLimbs,
      sign * ((cross - carried * HALF_RADIX) * HALF_RADIX + low * low),
      sign * (high * high + carried),
      0,
    );
  }

  private combine(other: Statistics, sign: 1 | -1): void {
    this.count += sign * other.count;
    const { gram, momentHigh, momentLow } = this;
    const added = other.gram;
    for (let k = 0; k < gram.length; k++) gram[k]! += sign * added[k]!;
    for (let i = 0; i < this.dimension; i++) {
      const low = momentLow[i]! + sign * other.momentLow[i]!;
      const carry = low >= MOMENT_RADIX ? 1 : low < 0 ? -1 : 0;
      momentLow[i] = low - carry * MOMENT_RADIX;
      momentHigh[i]! += sign * other.momentHigh[i]! + carry;
    }
    const [low, middle, high] = other.squareLimbs as unknown as [number, number, number];
    addLimbs(this.squareLimbs, sign * low, sign * middle, sign * high);
  }

  private refuseDimension(other: Statistics): void {
    if (other.dimension !== this.dimension) {
      throw new RangeError(`statistics of dimension ${this.dimension} cannot take in dimension ${other.dimension}`);
    }
  }

  /** A row that was added left at least its own squares in the sums. */
  private refuseForeignRow(entries: number, target: number): void {
    if (this.count < 1 || this.square < BigInt(target) ** 2n) throw foreign();
    const { gram } = this;
    for (let k = 0; k < entries; k++) {
      const i = support[k]!;
      if (gram[packedRow(i) + i]! < row[i]! * row[i]!) throw foreign();
    }
  }

  /** What any sum of rows fulfils: sizes are bounded by the count and by the squares, and no rows sum to 0. */
  private isPossible(): boolean {
    if (this.count === 0) return this.isZero();
    return (
      this.isPossibleGram() &&
      this.squareLimbs.every((limb, index) => limb >= 0 && (index === 2 || limb < SQUARE_RADIX)) &&
      this.square <= BigInt(this.count) << 80n &&
      this.momentHigh.every((entry) => Math.abs(entry) <= this.count) &&
      this.momentLow.every((entry) => entry >= 0 && entry < MOMENT_RADIX)
    );
  }

  /** Squares lie in [0, n·2²⁴], and by Cauchy and Schwarz no product exceeds the geometric mean of its two squares. */
  private isPossibleGram(): boolean {
    const most = this.count * FEATURE_UNIT ** 2;
    const { gram, dimension } = this;
    const roots = Float64Array.from({ length: dimension }, (_, i) => Math.sqrt(gram[packedRow(i) + i]!));
    for (let i = 0; i < dimension; i++) {
      const start = packedRow(i);
      if (!(gram[start + i]! >= 0 && gram[start + i]! <= most)) return false;
      const bound = roots[i]! * (1 + ROOT_ROUNDING);
      for (let j = 0; j < i; j++) if (!(Math.abs(gram[start + j]!) <= bound * roots[j]!)) return false;
    }
    return true;
  }

  private isZero(): boolean {
    const zero = (entry: number) => entry === 0;
    return [this.gram, this.momentHigh, this.momentLow, this.squareLimbs].every((sums) => sums.every(zero));
  }
}

function addDense(gram: Float64Array, entries: number, sign: 1 | -1): void {
  for (let k = 0; k < entries; k++) {
    const i = support[k]!;
    const xi = sign * row[i]!;
    const start = packedRow(i);
    for (let j = 0; j <= i; j++) gram[start + j]! += xi * row[j]!;
  }
}

function addSparse(gram: Float64Array, entries: number, sign: 1 | -1): void {
  for (let k = 0; k < entries; k++) {
    const i = support[k]!;
    const xi = sign * row[i]!;
    const start = packedRow(i);
    for (let l = 0; l <= k; l++) {
      const j = support[l]!;
      gram[start + j]! += xi * row[j]!;
    }
  }
}

/** Adds to limbs of radix 2⁴⁰ and settles the carries; sizes below 2⁵² keep every step exact. */
function addLimbs(limbs: Float64Array, low: number, middle: number, high: number): void {
  const l = limbs[0]! + low;
  const carryLow = Math.floor(l / SQUARE_RADIX);
  const m = limbs[1]! + middle + carryLow;
  const carryMiddle = Math.floor(m / SQUARE_RADIX);
  limbs[0] = l - carryLow * SQUARE_RADIX;
  limbs[1] = m - carryMiddle * SQUARE_RADIX;
  limbs[2]! += high + carryMiddle;
}

function full(count: number): RangeError {
  return new RangeError(`sums stay exact up to 2^29 rows, got ${count}; start a new epoch or schema`);
}

function foreign(): RangeError {
  return new RangeError('only rows that were added can be subtracted; these cannot have been');
}
