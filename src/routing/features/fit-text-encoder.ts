/**
 * Fits a text encoder on unlabelled prompts: count terms, weigh them, find the directions in which prompts differ most,
 * whiten. The same prompts in the same order with the same seed give the same bytes.
 */
import type { Matrix } from 'ml-matrix';

import { Problem } from '../problem.js';
import { inverseFrequency } from './inverse-frequency.js';
import { createRandom } from './random.js';
import { multiply, type SparseRows } from './sparse-rows.js';
import { BUCKETS, countTerms, createTerms } from './terms.js';
import { MAX_DIMENSION, TextEncoderArtifact } from './text-encoder-artifact.js';
import { truncatedSvd } from './truncated-svd.js';

export interface FitOptions {
  /** Directions to find, 8 to 256. */
  readonly dimension: number;
  readonly seed?: number;
  /** Told now and then how far the work is: prompts read (total unknown), or the share of the passes that is done. */
  readonly onProgress?: (progress: { readonly phase: 'reading' | 'fitting'; readonly done: number }) => void;
}

/** Of more prompts than this a uniform sample of this many is fitted: memory stays near 100 MB. */
export const MOST_PROMPTS = 50_000;
/** Directions need several prompts each to be told from chance. */
const PROMPTS_PER_DIRECTION = 4;
/** Terms in fewer prompts than this make the artifact larger, but not better. */
const RAREST = 3;
/** A direction along which prompts deviate less than this, of unit length themselves, is flat: whitening would blow up rounding. */
const FLAT = 1e-4;

/** The terms of one prompt, and its length in UTF-16 code units. */
interface Counted {
  readonly buckets: Uint16Array;
  readonly counts: Uint16Array;
  readonly length: number;
}

/**
 * @param prompts  blank ones are passed over
 * @throws Problem 'invalid-encoder' when the dimension is out of range or the prompts are too few or too alike for it
 */
export function fitTextEncoder(prompts: Iterable<string>, options: FitOptions): TextEncoderArtifact {
  const { dimension, seed = 1, onProgress } = options;
  checkDimension(dimension);
  const counted = readPrompts(prompts, seed, onProgress);
  checkPrompts(counted.length, dimension);
  const { buckets, frequencies } = frequenciesOf(counted);
  const matrix = weigh(counted, buckets, frequencies);
  const { vectors } = truncatedSvd(matrix, dimension, seed, (done) => onProgress?.({ phase: 'fitting', done }));
  if (vectors.columns < dimension) {
    throw new Problem(
      'invalid-encoder',
      `the prompts differ in ${vectors.columns} directions only, got dimension ${dimension}; ask for fewer or bring more varied prompts`,
    );
  }
  return TextEncoderArtifact.from({
    dimension,
    prompts: counted.length,
    length: lengthsOf(counted),
    buckets,
    frequencies,
    ...whiten(matrix, vectors),
  });
}

function checkDimension(dimension: number): void {
  if (Number.isInteger(dimension) && dimension >= 8 && dimension <= MAX_DIMENSION) return;
  throw new Problem('invalid-encoder', `dimension must be a whole number from 8 to ${MAX_DIMENSION}, got ${dimension}`);
}

function checkPrompts(count: number, dimension: number): void {
  const least = PROMPTS_PER_DIRECTION * dimension;
  if (count >= least) return;
  throw new Problem(
    'invalid-encoder',
    `a text encoder of dimension ${dimension} must be fitted on at least ${least} prompts that are not blank, got ${count}; bring more or ask for fewer dimensions`,
  );
}

/** Counts the terms of each prompt; of very many prompts, of a sample (Vitter 1985, algorithm R). */
function readPrompts(prompts: Iterable<string>, seed: number, onProgress: FitOptions['onProgress']): Counted[] {
  const kept: Counted[] = [];
  const random = createRandom(seed ^ 0x5eed);
  const terms = createTerms();
  let seen = 0;
  for (const prompt of prompts) {
    if (prompt.trim() === '') continue;
    seen++;
    if (seen % 1000 === 0) onProgress?.({ phase: 'reading', done: seen });
    const place = seen <= MOST_PROMPTS ? seen - 1 : Math.floor((random.next() / 2 ** 32) * seen);
    if (place >= MOST_PROMPTS) continue;
    countTerms(prompt, terms);
    const buckets = terms.buckets.slice(0, terms.distinct).sort();
    kept[place] = { buckets, counts: buckets.map((bucket) => terms.counts[bucket]), length: prompt.length };
  }
  onProgress?.({ phase: 'reading', done: seen });
  return kept;
}

/** The terms that occur in enough prompts, ascending, and in how many. */
function frequenciesOf(counted: readonly Counted[]): { buckets: Uint16Array; frequencies: Uint32Array } {
  const all = new Uint32Array(BUCKETS);
  for (const { buckets } of counted) for (const bucket of buckets) all[bucket]++;
  const buckets = Uint16Array.from(all.keys()).filter((bucket) => all[bucket] >= RAREST);
  return { buckets, frequencies: Uint32Array.from(buckets, (bucket) => all[bucket]) };
}

/** tf-idf by rows, each of unit length, over the kept terms. */
function weigh(counted: readonly Counted[], buckets: Uint16Array, frequencies: Uint32Array): SparseRows {
  const columnOf = new Int32Array(BUCKETS).fill(-1);
  buckets.forEach((bucket, column) => (columnOf[bucket] = column));
  const inverse = Float64Array.from(frequencies, (frequency) => inverseFrequency(counted.length, frequency));
  const size = counted.reduce((sum, row) => sum + row.buckets.length, 0);
  const columns = new Uint16Array(size);
  const values = new Float64Array(size);
  const start = new Uint32Array(counted.length + 1);
  let at = 0;
  counted.forEach((row, i) => {
    row.buckets.forEach((bucket, k) => {
      const column = columnOf[bucket];
      if (column < 0) return;
      columns[at] = column;
      values[at++] = (1 + Math.log(row.counts[k])) * inverse[column];
    });
    scaleToUnit(values, start[i], at);
    start[i + 1] = at;
  });
  return { start, columns: columns.subarray(0, at), values: values.subarray(0, at), width: buckets.length };
}

function scaleToUnit(values: Float64Array, from: number, to: number): void {
  let squares = 0;
  for (let i = from; i < to; i++) squares += values[i] ** 2;
  for (let i = from; i < to; i++) values[i] /= Math.sqrt(squares);
}

/** Of ln(1 + length). Prompts that are all equally long still leave others room to be longer. */
function lengthsOf(counted: readonly Counted[]): { mean: number; deviation: number } {
  const { mean, deviation } = moments(counted.map(({ length }) => Math.log(1 + length)));
  return { mean, deviation: Math.max(deviation, 0.1) };
}

/** Divides each direction by the deviation of the prompts along it, and rounds it to 16 bits. */
function whiten(matrix: SparseRows, vectors: Matrix) {
  const d = vectors.columns;
  const coordinates = multiply(matrix, Float64Array.from(vectors.to1DArray()), d);
  const centre = new Float32Array(d);
  const step = new Float32Array(d);
  const weights = new Int16Array(matrix.width * d);
  for (let j = 0; j < d; j++) {
    const { mean, deviation } = moments(coordinates.filter((_, i) => i % d === j));
    const column = vectors.getColumn(j);
    const unit = deviation < FLAT ? 0 : 1 / deviation;
    centre[j] = mean * unit;
    step[j] = (largestMagnitude(column) * unit) / 32767;
    // Divided by the step as it is stored, in 32 bits, so that its own rounding doesn't add to the error.
    if (step[j] > 0) column.forEach((value, row) => (weights[row * d + j] = Math.round((value * unit) / step[j])));
  }
  return { centre, step, weights };
}

function largestMagnitude(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
