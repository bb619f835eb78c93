import type { FittedText } from './text-encoder-artifact.js';
import { inverseFrequency } from './inverse-frequency.js';
import { BUCKETS, countTerms, createTerms } from './terms.js';

export type { TextEncoderArtifact } from './text-encoder-artifact.js';

/** Directions are clipped at this many standard deviations. */
const CLIP = 3;

export interface TextEncoder {
  /** Slots: the directions, then the length. */
  readonly dimension: number;
  /** Writes the text into x[offset … offset + dimension), which is zero, every entry in [-1, 1]. */
  encode(text: string, x: Float64Array, offset: number): void;
}

/**
 * w = tf-idf of the text's terms with tf = 1 + ln(count), scaled to unit length;
 * z = whitened projection of w, and after it ln(1 + length), standardised; x = clip(z, ±3)/√d, so that E‖x‖² ≤ 1 + 1/d.
 * A text without known terms has z = 0: nothing is known, which is the mean.
 */
export function createTextEncoder(fitted: FittedText): TextEncoder {
  const { dimension, centre, step, weights, length } = fitted;
  const rowOf = new Int32Array(BUCKETS).fill(-1);
  fitted.buckets.forEach((bucket, row) => (rowOf[bucket] = row));
  const inverse = Float64Array.from(fitted.frequencies, (frequency) => inverseFrequency(fitted.prompts, frequency));
  const terms = createTerms();
  const z = new Float64Array(dimension);
  const unit = 1 / Math.sqrt(dimension);
  const bounded = (value: number) => Math.max(-1, Math.min(1, Math.max(-CLIP, Math.min(CLIP, value)) * unit));

  /** Adds up the rows of the text's terms in z. @returns the length of w */
  const project = (text: string): number => {
    z.fill(0);
    countTerms(text, terms);
    let squares = 0;
    for (let i = 0; i < terms.distinct; i++) {
      const bucket = terms.buckets[i];
      const row = rowOf[bucket];
      if (row < 0) continue;
      const count = terms.counts[bucket];
      const weight = (count === 1 ? 1 : 1 + Math.log(count)) * inverse[row];
      squares += weight * weight;
      for (let j = 0, at = row * dimension; j < dimension; j++) z[j] += weight * weights[at + j];
    }
    return Math.sqrt(squares);
  };

  return {
    dimension: dimension + 1,
    encode(text, x, offset) {
      const norm = project(text);
      if (norm > 0) {
        for (let j = 0; j < dimension; j++) x[offset + j] = bounded((z[j] * step[j]) / norm - centre[j]);
      }
      x[offset + dimension] = bounded((Math.log(1 + text.length) - length.mean) / length.deviation);
    },
  };
}
