import type { RouterKey, Store } from './store.js';

/** Something that was fitted for a router, such as a text encoder, named by the hash of its bytes. */
export interface Artifact {
  readonly hash: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/** Stores an artifact; the same one again changes nothing. */
export async function putArtifact(store: Store, key: RouterKey, artifact: Artifact, now: Date): Promise<void> {
  const { tenant, router } = key;
  const { hash, kind, bytes } = artifact;
  await store.db
    .insertInto('artifacts')
    .values({ tenant, router, hash, kind, bytes: Buffer.from(bytes), created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function readArtifact(store: Store, key: RouterKey, hash: string): Promise<Artifact | undefined> {
  return artifactsOf(store, key).where('hash', '=', hash).executeTakeFirst();
}

/** Every artifact of a router, those of earlier revisions too. */
export async function listArtifacts(store: Store, key: RouterKey): Promise<Artifact[]> {
  return artifactsOf(store, key).orderBy('hash').execute();
}

const artifactsOf = (store: Store, { tenant, router }: RouterKey) =>
  store.db
    .selectFrom('artifacts')
    .select(['hash', 'kind', 'bytes'])
    .where('tenant', '=', tenant)
    .where('router', '=', router);
