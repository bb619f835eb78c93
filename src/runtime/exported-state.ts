/** A router's whole memory as JSON, for moving or keeping it, and back. */
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';

import { FEATURE_UNIT } from '../../policies/linear/grid.js';
import { formPosterior } from '../../policies/linear/posterior.js';
import { Statistics } from '../../policies/linear/statistics.js';
import { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import { assertBelievable } from '../routing/first-view.js';
import { leastPrecision } from '../routing/magnitude.js';
import { ProfileRow } from '../routing/profile.js';
import { Problem } from '../routing/problem.js';
import { buildRouter } from '../routing/router.js';
import { RouterSpec } from '../routing/spec.js';
import { StatisticsTable, type Cell } from '../routing/statistics-table.js';
import type { LiveRouter } from './live-router.js';

const Base64 = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', description: 'base64' });

const StatisticsCell = Type.Object(
  {
    arm: Type.String({ minLength: 1, maxLength: 200 }),
    metric: Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }),
    epoch: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    bytes: Base64,
  },
  { additionalProperties: false },
);

export const ExportedState = Type.Object(
  {
    format: Type.Literal('tradewind-state-1'),
    spec: RouterSpec,
    profiles: Type.Array(ProfileRow, { maxItems: 100_000 }),
    schema: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'features and half-life that the statistics belong to',
    }),
    encoders: Type.Record(Type.String({ pattern: '^[0-9a-f]{1,64}$' }), Base64, {
      additionalProperties: false,
      description: 'fitted text encoders by hash',
    }),
    statistics: Type.Array(StatisticsCell),
  },
  { additionalProperties: false },
);
export type ExportedState = Static<typeof ExportedState>;

export function exportState({ router, statistics }: Pick<LiveRouter, 'router' | 'statistics'>): ExportedState {
  const { schema } = router;
  const own = statistics.filter(({ key }) => key.schema === schema);
  return {
    format: 'tradewind-state-1',
    spec: router.spec,
    profiles: [...router.profiles],
    schema,
    encoders: Object.fromEntries([...router.encoders].map(([hash, artifact]) => [hash, base64(artifact.toBytes())])),
    statistics: own.map(({ key: { arm, metric, epoch }, statistics: sums }) => ({
      arm,
      metric,
      epoch,
      bytes: base64(sums.toBytes()),
    })),
  };
}

export interface ImportedState {
  readonly state: ExportedState;
  readonly cells: readonly Cell[];
  readonly encoders: readonly TextEncoderArtifact[];
}

/** @throws Problem 'invalid-state' naming what is wrong */
export function readState(value: unknown): ImportedState {
  if (!Value.Check(ExportedState, value)) {
    const errors = [...Value.Errors(ExportedState, value)]
      .slice(0, 10)
      .map((error) => ({ pointer: error.instancePath, detail: error.message }));
    throw refused(
      `expected the state as it was exported; ${errors.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).join('; ')}`,
    );
  }
  const cells = value.statistics.map(({ arm, metric, epoch, bytes }, i): Cell => {
    try {
      return {
        key: { schema: value.schema, arm, metric, epoch },
        statistics: Statistics.fromBytes(Buffer.from(bytes, 'base64')),
      };
    } catch (error) {
      if (error instanceof RangeError) throw refused(`/statistics/${i}: ${error.message}`);
      throw error;
    }
  });
  return {
    state: value,
    cells,
    encoders: Object.entries(value.encoders).map(([hash, bytes]) => readEncoder(bytes, hash)),
  };
}

/**
 * That a state fits the router it makes, before anything of it is stored: sums of another length would spoil its view.
 * @param imported `spec` is the declaration that the router will have
 * @param now milliseconds since 1970
 * @throws Problem 'invalid-state' | 'invalid-router' | 'invalid-profile'
 */
export function assertImportable({
  spec,
  state,
  cells,
  encoders,
  now,
}: ImportedState & { readonly spec: RouterSpec; readonly now: number }): void {
  const { profiles } = state;
  const known = new Map(encoders.map((encoder) => [encoder.hash, encoder]));
  const router = buildRouter({
    tenant: '',
    spec,
    revision: 1,
    profiles,
    encoders: known,
    secret: new Uint8Array(16),
  });
  const { encoder, schema } = router;
  if (schema !== state.schema) throw refused(`expected statistics of schema ${schema}, got ${state.schema}`);
  const seen = new Set<string>();
  const table = new StatisticsTable();
  cells.forEach((cell, i) => {
    const { arm, metric, epoch } = cell.key;
    const { dimension } = cell.statistics;
    if (dimension !== encoder.dimension)
      throw refused(`/statistics/${i}: expected sums of ${encoder.dimension} features, got ${dimension}`);
    const fault = faultOf(cell.statistics);
    if (fault) throw refused(`/statistics/${i}: expected sums that rows of a log can have, but ${fault}`);
    const name = JSON.stringify([arm, metric, epoch]);
    if (seen.has(name))
      throw refused(`/statistics/${i}: expected one entry for each arm, metric and epoch, got ${name} again`);
    seen.add(name);
    table.merge(cell);
  });
  assertBelievable(router, table, now);
}

/**
 * Why no rows sum to these, or undefined. Every context has 1 for its first feature; and A = Σ x·xᵀ is positive
 * semidefinite, so that with the least ridge a declaration may have a belief can be formed, whatever is declared later.
 */
function faultOf(statistics: Statistics): string | undefined {
  const { count, dimension, gram } = statistics;
  if (gram[0] !== count * FEATURE_UNIT ** 2)
    return `the squares of the first feature, which is 1 in each, are ${gram[0] / FEATURE_UNIT ** 2} over ${count} rows`;
  try {
    const evidence = [{ statistics, weight: 1, scale: 1 }];
    formPosterior({ dimension, precision: leastPrecision, evidence, targetScale: 1 });
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Sums that a router learned itself may be the very ones that a state holds: added, they would count twice. */
export const alreadyLearned = (id: string): Problem =>
  new Problem(
    'already-learned',
    `expected a router that has not learned from outcomes of its own, got "${id}", which has: the state may come from it, and its outcomes would count twice. ` +
      `Nothing was changed; import it under a name that no router has yet ("tradewind state import FILE --router ${id}-2", or PUT /v1/routers/${id}-2/state)`,
  );

/** @param expected hash that the bytes must have @throws Problem 'invalid-state' | 'invalid-encoder' */
export function readEncoder(bytes: string, expected?: string): TextEncoderArtifact {
  const artifact = TextEncoderArtifact.fromBytes(Buffer.from(bytes, 'base64'));
  if (expected !== undefined && artifact.hash !== expected)
    throw refused(`/encoders/${expected}: the bytes have the hash ${artifact.hash}`);
  return artifact;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const refused = (detail: string): Problem =>
  new Problem('invalid-state', `${detail}; export it again with "tradewind state export"`);
