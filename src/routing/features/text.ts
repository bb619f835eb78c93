import { Problem } from '../problem.js';
import type { TextFeature } from '../spec.js';
import { embeddedTextEncoder } from './embedded-text.js';
import type { FeatureEncoder } from './encoder.js';
import { fittedTextEncoder } from './fitted-text.js';
import { hashedTextEncoder } from './hashed-text.js';
import type { TextEncoderArtifact } from './text-encoder-artifact.js';

/**
 * The encoder that a text feature declares: fitted or built in, and with embeddings that one as their fallback.
 * @param artifacts  fitted encoders by hash
 * @throws Problem 'invalid-router' when the declared encoder isn't among them
 */
export function textEncoder(feature: TextFeature, artifacts: ReadonlyMap<string, TextEncoderArtifact>): FeatureEncoder {
  const own = ownEncoder(feature, artifacts);
  return feature.embeddings === undefined
    ? own
    : embeddedTextEncoder({ ...feature, embeddings: feature.embeddings }, own);
}

function ownEncoder(feature: TextFeature, artifacts: ReadonlyMap<string, TextEncoderArtifact>): FeatureEncoder {
  if (feature.encoder === undefined) return hashedTextEncoder(feature);
  const artifact = artifacts.get(feature.encoder);
  if (artifact !== undefined) return fittedTextEncoder(feature, artifact);
  throw new Problem(
    'invalid-router',
    `feature ${feature.name} must name a stored text encoder, got ${feature.encoder}; fit one with "tradewind encoder fit"`,
  );
}
