import type { TextFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { invalidContext, shown } from './invalid-context.js';
import { mix32 } from './random.js';
import { surfaceMeasures, writeSurface } from './surface.js';
import { countTerms, createTerms, type Terms } from './terms.js';

/**
 * A text without anything fitted: surface measures in the first slots (at most half of them), words and pairs of words
 * hashed with signs (Weinberger et al. 2009) into the rest, weighed 1 + ln(count), scaled to unit length. Without a text
 * all slots are 0.
 */
export function hashedTextEncoder(feature: TextFeature): FeatureEncoder {
  const { name, dimension } = feature;
  const field = feature.from ?? name;
  const surface = Math.min(surfaceMeasures.length, dimension >> 1);
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
      if (typeof value !== 'string') throw invalidContext(field, 'a text', shown(value));
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
  const scale = 1 / Math.sqrt(squares);
  for (let i = offset; i < offset + slots; i++) x[i] *= scale;
}
