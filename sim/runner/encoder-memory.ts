/** Remembers the features of contexts that are met again in other runs, so that a text is tokenised once. */
import type { Context } from '../../src/routing/features/encoder.js';
import type { Router } from '../../src/routing/router.js';

/** By feature schema, then by the context object itself: equal schemas give equal vectors. */
const remembered = new Map<string, WeakMap<Context, Int16Array>>();

/** The same router with an encoder that remembers; contexts must not be changed afterwards. */
export function remember(router: Router): Router {
  const { encoder } = router;
  let features = remembered.get(encoder.schema);
  if (!features) remembered.set(encoder.schema, (features = new WeakMap()));
  const known = features;
  return {
    ...router,
    encoder: {
      ...encoder,
      encode(context, embeddings) {
        let x = known.get(context);
        if (!x) known.set(context, (x = encoder.encode(context, embeddings)));
        return x;
      },
      warnings: () => [],
    },
  };
}
