/** A service that is told to stop under load answers what it has taken, stores what it has answered, and ends well. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStore, type StoreOptions } from '../../src/store/open-store.js';
import { Load } from '../support/crash/load.js';
import { verify } from '../support/crash/verify.js';
import { makeDatabase } from '../support/every-store.js';
import { seededRandom } from '../support/random.js';
import { startProcess } from '../support/tradewind-process.js';
import { transpileProgram } from '../support/transpiled-program.js';

describe('a service that gets SIGTERM under load', () => {
  let program: string;
  let folder: string;
  beforeAll(async () => {
    program = await transpileProgram();
    folder = await mkdtemp(join(tmpdir(), 'tradewind-shutdown-'));
  });
  afterAll(async () => {
    await rm(program, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it.each<[string, () => Promise<StoreOptions>]>([
    ['a data folder', () => Promise.resolve({ dataDir: folder })],
    ['Postgres', async () => ({ databaseUrl: await makeDatabase() })],
  ])('has every decision that it answered in its log, over %s', async (_, where) => {
    const place = await where();
    const load = new Load({ random: seededRandom(11), routers: ['default'], tasks: ['sentiment'] });
    const service = await startProcess({ program, ...place } as Parameters<typeof startProcess>[0]);
    load.start(service.url);
    await sleep(1_000);
    const exitCode = await service.stop();
    await load.stop().ended;
    const store = await openStore(place);
    const { violations } = await verify(store, load).finally(() => store.close());
    expect({ exitCode, violations }).toEqual({ exitCode: 0, violations: [] });
    expect(load.decisions.length).toBeGreaterThan(5);
  });
});
