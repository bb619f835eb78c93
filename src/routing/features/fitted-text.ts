import { Problem } from '../problem.js';
import type { TextFeature } from '../spec.js';
import type { FeatureEncoder } from './encoder.js';
import { requireText } from './invalid-context.js';
import type { TextEncoderArtifact } from './text-encoder-artifact.js';
import { createTextEncoder } from './text-encoder.js';

/**
 * A text by an encoder fitted on the router's own prompts: `dimension` directions, then the length. Directions are
 * centred, so a request without a text, all slots 0, counts as the average one.
 * @throws Problem 'invalid-router' when the artifact's dimension isn't the feature's
 */
export function fittedTextEncoder(feature: TextFeature, artifact: TextEncoderArtifact): FeatureEncoder {
  const { name, dimension } = feature;
  const field = feature.from ?? name;
  if (artifact.dimension !== dimension) {
    throw new Problem(
      'invalid-router',
      `feature ${name} has dimension ${dimension}, but its encoder was fitted with ${artifact.dimension}; declare that, or fit it again`,
    );
  }
  const encoder = createTextEncoder(artifact);
  return {
    dimension: encoder.dimension,
    labels: [...Array.from({ length: dimension }, (_, i) => `${name}[${i}]`), `${name}.length`],
    encode(value, x, offset) {
      if (value === undefined) return;
      requireText(field, value);
      encoder.encode(value, x, offset);
    },
  };
}
