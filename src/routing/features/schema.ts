import type { Feature } from '../spec.js';
import { sha256OfText } from './sha256.js';

/** Raised whenever the same declaration starts to give other vectors, so that statistics of the two are never mixed. */
const ENCODING = 1;

/**
 * Hash of everything that vectors depend on: the declared features in order (defaults filled in, members in a fixed
 * order) and the hashes of fitted artifacts. Where embeddings are fetched, how long that may take and with which key doesn't count.
 * @returns 16 hexadecimal digits
 */
export function schemaOf(features: readonly Feature[]): string {
  return sha256OfText(JSON.stringify([ENCODING, ...features.map(essence)])).slice(0, 16);
}

function essence(feature: Feature): unknown[] {
  const head = [feature.type, feature.name, feature.from ?? feature.name];
  switch (feature.type) {
    case 'category':
      return [...head, feature.values];
    case 'number':
      return [...head, feature.minimum, feature.maximum];
    case 'vector':
      return [...head, feature.dimension, Math.min(feature.dimension, feature.project_to ?? feature.dimension)];
    case 'text':
      return [
        ...head,
        feature.dimension,
        feature.encoder ?? '',
        feature.embeddings?.model ?? '',
        feature.embeddings?.dimension ?? 0,
      ];
  }
}
