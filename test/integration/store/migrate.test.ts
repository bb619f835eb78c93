import { expect, it } from 'vitest';

import { migrations } from '../../../migrations/index.js';
import { migrate, pendingMigrations } from '../../../src/store/migrate.js';
import { onEveryStore } from '../../support/every-store.js';

onEveryStore((store, open) => {
  it('runs every migration once, however many processes start at once', async () => {
    const fresh = await open();
    expect(await pendingMigrations(fresh)).toEqual(migrations.map(({ name }) => name));
    const ran = await Promise.all([migrate(fresh), migrate(fresh), migrate(fresh)]);
    expect(ran.flat()).toEqual(migrations.map(({ name }) => name));
    expect(await pendingMigrations(fresh)).toEqual([]);
    await fresh.close();
  });

  it('refuses a database that a newer version has migrated', async () => {
    const newer = [...migrations, { name: '9999-of-tomorrow', up: () => Promise.resolve() }];
    expect(await migrate(store(), newer)).toEqual(['9999-of-tomorrow']);
    const refusal = { code: 'schema-too-new', message: expect.stringContaining('9999-of-tomorrow') as string };
    await expect(migrate(store())).rejects.toMatchObject(refusal);
    await expect(pendingMigrations(store())).rejects.toMatchObject(refusal);
  });

  it('undoes everything when a migration fails', async () => {
    const fresh = await open();
    const failing = { name: '0002-failing', up: () => Promise.reject(new Error('no')) };
    await expect(migrate(fresh, [...migrations, failing])).rejects.toThrow('no');
    expect(await pendingMigrations(fresh)).toEqual(migrations.map(({ name }) => name));
    await fresh.close();
  });
});
