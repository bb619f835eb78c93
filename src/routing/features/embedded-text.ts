import type { FeatureEncoder } from './encoder.js';
import { requireText } from './invalid-context.js';
import { sparseProjection } from './projection.js';
import type { TextFeature } from '../spec.js';
import { clamp, writeUnitVector } from './unit-vector.js';

/**
 * A text by the embedding that was fetched for it, projected to `dimension` slots; by the fallback's features when none
 * was. The two have slots of their own, so that no coefficient is learned from both, and a last slot is 1 with the
 * fallback, so that neither carries the mean of the other.
 */
export function embeddedTextEncoder(
  feature: TextFeature & { readonly embeddings: { readonly dimension: number } },
  fallback: FeatureEncoder,
): FeatureEncoder {
  const { name, embeddings } = feature;
  const field = feature.from ?? name;
  const target = Math.min(feature.dimension, embeddings.dimension);
  const projected = target < embeddings.dimension;
  const projection = projected ? sparseProjection(name, embeddings.dimension, target) : undefined;
  const flag = target + fallback.dimension;
  const fallsBackTo = feature.encoder === undefined ? 'built-in features' : 'fitted encoder';
  return {
    dimension: flag + 1,
    labels: [
      ...Array.from({ length: target }, (_, i) => `${name}.embedding[${i}]`),
      ...fallback.labels,
      `${name}.fallback`,
    ],
    encode(value, x, offset, embedding) {
      if (value !== undefined) requireText(field, value);
      if (embedding === undefined) {
        fallback.encode(value, x, offset + target);
        if (value !== undefined) x[offset + flag] = 1;
        return;
      }
      writeUnitVector(`${field}.embedding`, embedding, embeddings.dimension, projection, x, offset);
      for (let i = offset; i < offset + target; i++) x[i] = clamp(x[i]);
    },
    warning(_value, embedding) {
      if (embedding !== undefined) return undefined;
      return `context.${field} has no embedding, because none came in time; ${name} falls back to its ${fallsBackTo}`;
    },
  };
}
