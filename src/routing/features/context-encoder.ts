/**
 * A router's declared features as one encoder: slot 0 is the constant 1, then the slots of each feature in the order of
 * declaration, everything on the grid.
 */
import { Problem } from '../problem.js';
import type { Feature } from '../spec.js';
import { categoryEncoder } from './category.js';
import type { Context, ContextEncoder, Embeddings, FeatureEncoder } from './encoder.js';
import { GRID, quantise } from './grid.js';
import { shown } from './invalid-context.js';
import { numberEncoder } from './number.js';
import { schemaOf } from './schema.js';
import { textEncoder } from './text.js';
import type { TextEncoderArtifact } from './text-encoder-artifact.js';
import { vectorEncoder } from './vector.js';

interface Placed {
  readonly name: string;
  readonly field: string;
  readonly offset: number;
  readonly encoder: FeatureEncoder;
}

/**
 * @param features  of the router, names unique
 * @param artifacts  fitted text encoders by hash; those that the features name must be among them
 * @throws Problem 'invalid-router' when a feature cannot be built as declared
 */
export function createContextEncoder(
  features: readonly Feature[],
  artifacts: ReadonlyMap<string, TextEncoderArtifact> = new Map(),
): ContextEncoder {
  const placed = place(features, artifacts);
  const labels = ['1', ...placed.flatMap(({ encoder }) => encoder.labels)];
  const dimension = labels.length;
  const known = new Set(placed.map(({ field }) => field));
  const scratch = new Float64Array(dimension);
  return {
    schema: schemaOf(features),
    dimension,
    labels,
    encode(context, embeddings) {
      checkObject(context);
      scratch.fill(0);
      for (let i = 0; i < placed.length; i++) write(placed[i], context, scratch, embeddings);
      const grid = quantise(scratch);
      grid[0] = GRID;
      return grid;
    },
    warnings(context, embeddings) {
      checkObject(context);
      const found: string[] = [];
      for (const field of Object.keys(context)) if (!known.has(field)) found.push(unread(field, known));
      for (const feature of placed) {
        const warning = warningOf(feature, context, embeddings);
        if (warning !== undefined) found.push(warning);
      }
      return found;
    },
  };
}

const unread = (field: string, known: ReadonlySet<string>): string =>
  `context.${field.slice(0, 63)} is not read by this router; it reads ${listed(known)}`;

type Artifacts = ReadonlyMap<string, TextEncoderArtifact>;

function place(features: readonly Feature[], artifacts: Artifacts): Placed[] {
  const placed: Placed[] = [];
  let offset = 1;
  for (const feature of features) {
    if (placed.some(({ name }) => name === feature.name)) {
      throw new Problem('invalid-router', `features must have different names, got ${feature.name} twice`);
    }
    const encoder = encoderOf(feature, artifacts);
    placed.push({ name: feature.name, field: feature.from ?? feature.name, offset, encoder });
    offset += encoder.dimension;
  }
  return placed;
}

function encoderOf(feature: Feature, artifacts: Artifacts): FeatureEncoder {
  switch (feature.type) {
    case 'category':
      return categoryEncoder(feature);
    case 'number':
      return numberEncoder(feature);
    case 'vector':
      return vectorEncoder(feature);
    case 'text':
      return textEncoder(feature, artifacts);
  }
}

function write(
  { name, field, offset, encoder }: Placed,
  context: Context,
  x: Float64Array,
  embeddings?: Embeddings,
): void {
  encoder.encode(read(context, field), x, offset, embeddings?.get(name));
}

/** Own fields only: a field named `constructor` must not find Object's. */
function read(context: Context, field: string): Context[string] | undefined {
  return Object.hasOwn(context, field) ? context[field] : undefined;
}

function warningOf({ name, field, encoder }: Placed, context: Context, embeddings?: Embeddings): string | undefined {
  const value = read(context, field);
  if (value === undefined) return `context.${field} is missing; feature ${name} counts as unknown`;
  return encoder.warning?.(value, embeddings?.get(name));
}

function listed(fields: ReadonlySet<string>): string {
  return fields.size === 0 ? 'no fields' : [...fields].join(', ');
}

function checkObject(context: unknown): void {
  if (typeof context === 'object' && context !== null && !Array.isArray(context)) return;
  const detail = `context must be an object of fields, got ${shown(context)}`;
  throw new Problem('invalid-context', detail, [{ pointer: '/context', detail }]);
}
