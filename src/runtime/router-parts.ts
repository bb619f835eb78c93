import { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import { Problem } from '../routing/problem.js';
import type { RouterParts } from '../routing/router.js';
import { mergedChanges } from '../routing/changes/merged.js';
import { metricsOf } from '../routing/settings.js';
import type { RouterSpec } from '../routing/spec.js';
import { readArtifact } from '../store/artifacts.js';
import type { RouterRecord } from '../store/router-record.js';
import type { Store } from '../store/store.js';

export const encoderKind = 'text-encoder';

/** Hashes of the fitted encoders that a declaration names. */
export const encoderHashes = (spec: RouterSpec): string[] =>
  spec.features.flatMap((feature) => (feature.type === 'text' && feature.encoder ? [feature.encoder] : []));

/** A stored router with the artifacts that its declaration names, and the changes that were detected among the declared. */
export async function partsOf(store: Store, record: RouterRecord): Promise<RouterParts> {
  const { tenant, revision, profiles, secret } = record;
  const spec = withDetected(record);
  const encoders = new Map<string, TextEncoderArtifact>();
  for (const hash of encoderHashes(spec)) {
    const artifact = await readArtifact(store, record, hash);
    if (!artifact) throw missing(hash);
    encoders.set(hash, TextEncoderArtifact.fromBytes(artifact.bytes));
  }
  return { tenant, spec, revision, profiles, secret, encoders };
}

function withDetected({ spec, changes }: RouterRecord): RouterSpec {
  if (changes.length === 0) return spec;
  return { ...spec, changes: mergedChanges(spec.changes ?? [], changes, metricsOf(spec)) };
}

const missing = (hash: string): Problem =>
  new Problem(
    'invalid-router',
    `expected a fitted encoder that is stored, got "${hash}"; fit one with "tradewind encoder fit", which also declares it`,
  );
