import type { TextFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { requireText } from './invalid-context.js';
import { mix32 } from './random.js';
import { surfaceMeasures, writeSurface } from './surface.js';
import { countTerms, createTerms, type Terms } from './terms.js';

/**
 * Length of the hashed part. Few slots make a poor picture of many words: it must not drown the surface measures, which
 * say as much in fewer slots (figures in README.md).
 */
const HASHED_LENGTH = 0.5;

/**
 * A text without anything fitted: surface measures in the first slots (at most three quarters of them), words and pairs of
 * words hashed with signs (Weinberger et al. 2009) into the rest, weighed 1 + ln(count), scaled to length ½. Without a
 * text all slots are 0.
 */
export function hashedTextEncoder(feature: TextFeature): FeatureEncoder {
  const { name, dimension } = feature;
  const field = feature.from ?? name;
  const surface = Math.min(surfaceMeasures.length, Math.floor((3 * dimension) / 4));
  const hashed = dimension - surface;
  const terms = createTerms();
  return {
    dimension,
    labels: [
      ...surfaceMeasures.slice(0, surface).map((measure) => `${name}.${measure}`),
      ...Array.from({ length: hashed }, (_, i) => `${name}[${i}]`),
    ],
    encode(value, x, offset) {
      if (value === undefined) return;
      requireText(field, value);
      writeSurface(value, surface, x, offset);
      countTerms(value, terms);
      writeHashed(terms, hashed, x, offset + surface);
    },
  };
}

function writeHashed(terms: Terms, slots: number, x: Float64Array, offset: number): void {
  for (let i = 0; i < terms.distinct; i++) {
    const bucket = terms.buckets[i];
    const hash = mix32(bucket + 1);
    const weight = 1 + Math.log(terms.counts[bucket]);
    x[offset + ((hash >>> 1) % slots)] += hash & 1 ? weight : -weight;
  }
  let squares = 0;
  for (let i = offset; i < offset + slots; i++) squares += x[i] * x[i];
  if (squares === 0) return;
  const scale = HASHED_LENGTH / Math.sqrt(squares);
  for (let i = offset; i < offset + slots; i++) x[i] *= scale;
}
