/** Remembers the features of contexts that are met again in other runs, so that a text is tokenised once. */
import type { Context } from '../../src/routing/features/encoder.js';
import type { Router } from '../../src/routing/router.js';
import { placeOf, type ContextPlace } from '../worlds/context-place.js';

/** Features of one schema: by place, in one array for all rows of a table, else by the context object itself. */
class Memory {
  private readonly tables = new WeakMap<object, { readonly known: Uint8Array; readonly features: Int16Array }>();
  private readonly contexts = new WeakMap<Context, Int16Array>();

  constructor(private readonly dimension: number) {}

  /** @param encode what was not met before */
  features(context: Context, encode: () => Int16Array): Int16Array {
    const place = placeOf(context);
    if (place) return this.ofRow(place, encode);
    let x = this.contexts.get(context);
    if (!x) this.contexts.set(context, (x = encode()));
    return x;
  }

  private ofRow({ table, row, rows }: ContextPlace, encode: () => Int16Array): Int16Array {
    let memory = this.tables.get(table);
    if (!memory) {
      memory = { known: new Uint8Array(rows), features: new Int16Array(rows * this.dimension) };
      this.tables.set(table, memory);
    }
    const x = memory.features.subarray(row * this.dimension, (row + 1) * this.dimension);
    if (memory.known[row] === 0) x.set(encode());
    memory.known[row] = 1;
    return x;
  }
}

/** By feature schema: equal schemas give equal vectors. */
const memories = new Map<string, Memory>();

/** The same router with an encoder that remembers; contexts must not be changed afterwards. */
export function remember(router: Router): Router {
  const { encoder } = router;
  let memory = memories.get(encoder.schema);
  if (!memory) memories.set(encoder.schema, (memory = new Memory(encoder.dimension)));
  const known = memory;
  return {
    ...router,
    encoder: {
      ...encoder,
      encode: (context, embeddings) => known.features(context, () => encoder.encode(context, embeddings)),
      warnings: () => [],
    },
  };
}
