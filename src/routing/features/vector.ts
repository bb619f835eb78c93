import type { VectorFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { sparseProjection } from './projection.js';
import { clamp, writeUnitVector } from './unit-vector.js';

/**
 * The vector, shortened to unit length when it is longer (so that ‖x‖ stays near 1: separate measurements belong in number
 * features), projected when `project_to` is less than its length; and a last slot that is 1 when the request brings none.
 */
export function vectorEncoder(feature: VectorFeature): FeatureEncoder {
  const { name, dimension } = feature;
  const field = feature.from ?? name;
  const target = Math.min(dimension, feature.project_to ?? dimension);
  const projection = target < dimension ? sparseProjection(name, dimension, target) : undefined;
  return {
    dimension: target + 1,
    labels: [...Array.from({ length: target }, (_, i) => `${name}[${i}]`), `${name}=?`],
    encode(value, x, offset) {
      if (value === undefined) {
        x[offset + target] = 1;
        return;
      }
      writeUnitVector(field, value, dimension, projection, x, offset);
      for (let i = offset; i < offset + target; i++) x[i] = clamp(x[i]);
    },
  };
}
