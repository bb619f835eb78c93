/** Remembers the features of rows that are met again in other runs, so that a text is tokenised once. */
import type { Router } from '../../src/routing/router.js';
import type { RowPlace } from '../worlds/world.js';

/** Features of one schema, in one array for all rows of a table. */
class Memory {
  private readonly tables = new WeakMap<object, { readonly known: Uint8Array; readonly features: Int16Array }>();

  constructor(private readonly dimension: number) {}

  /** @param encode what was not met before */
  features({ table, row, rows }: RowPlace, encode: () => Int16Array): Int16Array {
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

/** The request that is being decided. */
export interface Asked {
  place?: RowPlace | undefined;
}

/** The same router with an encoder that remembers rows. @param asked tells of each request, before it is encoded, which row it is */
export function remember(router: Router, asked: Asked): Router {
  const { encoder } = router;
  let memory = memories.get(encoder.schema);
  if (!memory) memories.set(encoder.schema, (memory = new Memory(encoder.dimension)));
  const known = memory;
  return {
    ...router,
    encoder: {
      ...encoder,
      encode: (context, embeddings) =>
        asked.place
          ? known.features(asked.place, () => encoder.encode(context, embeddings))
          : encoder.encode(context, embeddings),
      warnings: () => [],
    },
  };
}
