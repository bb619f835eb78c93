import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import type { RouterSpec } from '../../../src/routing/spec.js';
import { appendRevision } from '../../../src/store/append-revision.js';
import { applyOutcomes } from '../../../src/store/apply-outcomes.js';
import { listArtifacts, putArtifact, readArtifact } from '../../../src/store/artifacts.js';
import { createRouter } from '../../../src/store/create-router.js';
import { foldStripe } from '../../../src/store/fold-stripes.js';
import { listRouters, readRouter } from '../../../src/store/read-router.js';
import { routerDigests, routerVersions } from '../../../src/store/router-versions.js';
import { onEveryStore } from '../../support/every-store.js';
import { outcome, targetOf } from '../../support/outcomes.js';

const spec = (id: string): RouterSpec => ({
  id,
  arms: [{ id: 'small' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: ['qa'] }],
  objective: { zeta_j: -0.1, accuracy: 1, a: 0.1 },
});
const profiles = [
  { arm: 'small', task: 'qa', metrics: { accuracy: 0.7 }, samples: 100, source: 's', measured_on: '2026' },
];
const now = new Date('2026-11-23T12:00:00.123Z');

onEveryStore((store) => {
  const create = async (tenant = 'default') => {
    const id = `router-${randomUUID()}`;
    return createRouter(store(), { tenant, spec: spec(id), profiles }, now);
  };

  it('gives a router back as it was declared, its keys in their order', async () => {
    const created = await create();
    expect(created.secret).toHaveLength(32);
    const read = await readRouter(store(), created);
    expect(read).toEqual(created);
    expect(Object.keys(read.spec.objective)).toEqual(['zeta_j', 'accuracy', 'a']);
    expect(await listRouters(store(), 'default')).toContainEqual(created);
  });

  it('keeps tenants apart', async () => {
    const created = await create('one');
    await expect(readRouter(store(), { ...created, tenant: 'another' })).rejects.toMatchObject({
      code: 'unknown-router',
    });
    const twin = await createRouter(store(), { tenant: 'another', spec: created.spec, profiles }, now);
    expect(twin.secret.equals(created.secret)).toBe(false);
    expect(await listRouters(store(), 'another')).toEqual([twin]);
  });

  it('refuses a second router of the same name', async () => {
    const { spec: same } = await create();
    const again = createRouter(store(), { tenant: 'default', spec: same, profiles }, now);
    await expect(again).rejects.toMatchObject({ code: 'router-exists' });
  });

  it('appends a revision and keeps the earlier ones', async () => {
    const created = await create();
    const later = new Date(now.getTime() + 1);
    const changed = { ...created.spec, floor: 0.05 };
    const changes = [{ arm: 'small', metric: 'accuracy', at: '2026-03-01T00:00:00Z', weight: 0.5 }];
    const second = await appendRevision(store(), created, { expected: 1, spec: changed, profiles: [], changes }, later);
    expect(second).toMatchObject({
      revision: 2,
      spec: changed,
      profiles: [],
      changes,
      createdAt: now,
      changedAt: later,
    });
    expect(await readRouter(store(), created)).toEqual(second);
    expect(await readRouter(store(), created, 1)).toEqual(created);
    await expect(readRouter(store(), created, 3)).rejects.toMatchObject({ code: 'unknown-router' });
  });

  it('lets one of several changes from the same revision through', async () => {
    const created = await create();
    const change = (floor: number) =>
      appendRevision(
        store(),
        created,
        { expected: 1, spec: { ...created.spec, floor }, profiles: [], changes: [] },
        now,
      );
    const tries = await Promise.allSettled([change(0.1), change(0.2), change(0.3)]);
    const refused = tries.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(refused).toHaveLength(2);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'revision-conflict' });
    expect((await readRouter(store(), created)).revision).toBe(2);
    const missing = appendRevision(store(), { ...created, router: 'nobody' }, { ...created, expected: 1 }, now);
    await expect(missing).rejects.toMatchObject({ code: 'unknown-router' });
  });

  it('keeps artifacts by their hash', async () => {
    const key = await create();
    const bytes = Buffer.from([0, 255, 92]);
    for (let i = 0; i < 2; i++) await putArtifact(store(), key, { hash: 'h1', kind: 'text-encoder', bytes }, now);
    expect(await readArtifact(store(), key, 'h1')).toEqual({ hash: 'h1', kind: 'text-encoder', bytes });
    expect(await readArtifact(store(), key, 'h2')).toBeUndefined();
    expect(await listArtifacts(store(), key)).toHaveLength(1);
  });

  it('shows the versions of every router of a bucket at a glance', async () => {
    const { tenant, router } = await create();
    const wanted = [...(await routerDigests(store())).keys()];
    const found = (await routerVersions(store(), wanted)).find((one) => one.router === router)!;
    const { bucket, ...rest } = found;
    expect(rest).toEqual({ tenant, router, revision: 1, stripes: [], logFloor: new Date(0) });
    expect(await routerVersions(store(), [bucket])).toContainEqual(found);
    expect(
      await routerVersions(
        store(),
        wanted.filter((other) => other !== bucket),
      ),
    ).not.toContainEqual(found);
    expect(await routerVersions(store(), [])).toEqual([]);
  });

  it('has another digest of a bucket for whatever happens to one of its routers, and for no other bucket', async () => {
    const created = await create();
    const digests = () => routerDigests(store());
    const { bucket } = (await routerVersions(store(), [...(await digests()).keys()])).find(
      ({ router }) => router === created.router,
    )!;
    const changedBy = async (happening: () => Promise<unknown>) => {
      const before = await digests();
      await happening();
      return [...(await digests())].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
    };
    const report = (stripe: number, version: number) =>
      applyOutcomes(store(), {
        ...{ stripe: { ...created, stripe, version }, owner: 'test', rows: [outcome(created.router)], targetOf },
        receivedAt: now,
      });
    const { spec: declared, profiles } = created;
    const next = { expected: 1, spec: declared, profiles, changes: [] };
    expect(await changedBy(() => report(1, 0))).toEqual([bucket]);
    expect(await changedBy(() => report(1, 1))).toEqual([bucket]);
    expect(await changedBy(() => report(2, 0))).toEqual([bucket]);
    expect(await changedBy(() => appendRevision(store(), created, next, now))).toEqual([bucket]);
    expect(await changedBy(() => foldStripe(store(), created, 1))).toEqual([]);
  });

  it('takes every text as text', async () => {
    const nasty = ["'; drop table routers; --", '$1', '\\', '"', '__proto__', 'constructor', '\u{1f600}', '{}', '%s'];
    for (const text of nasty) {
      const declared = JSON.parse(JSON.stringify(spec(text))) as RouterSpec;
      Object.defineProperty(declared.objective, '__proto__', { value: 5, enumerable: true });
      const created = await createRouter(store(), { tenant: text, spec: declared, profiles: [] }, now);
      const read = await readRouter(store(), { tenant: text, router: text });
      expect(read).toEqual(created);
      expect(Object.getOwnPropertyDescriptor(read.spec.objective, '__proto__')?.value).toBe(5);
      await putArtifact(store(), created, { hash: text, kind: text, bytes: Buffer.from(text) }, now);
      expect((await readArtifact(store(), created, text))?.kind).toBe(text);
    }
  });
});
