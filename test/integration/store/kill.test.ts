import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadStatistics } from '../../../src/store/load-statistics.js';
import { openStore, type StoreOptions } from '../../../src/store/open-store.js';
import { readOutcomes } from '../../../src/store/read-outcomes.js';
import { refold } from '../../../src/store/refold.js';
import { makeDatabase } from '../../support/every-store.js';
import { transpileProgram } from '../../support/transpiled-program.js';

const kills = 3;
const key = { tenant: 'default', router: 'killed' };

describe('a process that is killed while it writes', () => {
  let program: string;
  let folder: string;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    program = await transpileProgram();
    folder = await mkdtemp(join(tmpdir(), 'tradewind-killed-'));
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(program, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a writer; resolves when it has opened its store. */
  async function startWriter(options: StoreOptions, acknowledged: Set<string>): Promise<ChildProcess> {
    const script = join(program, 'test', 'support', 'outcome-writer.js');
    const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    const lines = createInterface({ input: child.stdout! });
    const opened = once(lines, 'line');
    lines.on('line', (line) => {
      if (line !== 'open') for (const id of line.split(' ')) acknowledged.add(id);
    });
    await Promise.race([
      opened,
      once(child, 'exit').then(() => Promise.reject(new Error('the writer ended before it opened its store'))),
    ]);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
    running.delete(child);
  }

  it.each([
    ['PGlite', () => Promise.resolve({ dataDir: folder })],
    ['Postgres', async () => ({ databaseUrl: await makeDatabase() })],
  ])('leaves on %s every acknowledged outcome, once, and sums that are the fold of the log', async (_, where) => {
    const options: StoreOptions = await where();
    const acknowledged = new Set<string>();
    for (let round = 0; round < kills; round++) {
      const writer = await startWriter(options, acknowledged);
      const before = acknowledged.size;
      while (acknowledged.size < before + 400) await sleep(5);
      await sleep(Math.random() * 50);
      await kill(writer);
    }
    const store = await openStore(options);
    const ids = [...acknowledged];
    const outcomes = await readOutcomes(store, key, ids);
    expect(new Set(outcomes.map(({ decisionId }) => decisionId))).toEqual(acknowledged);
    expect(outcomes).toHaveLength(ids.length);
    const { rows } = await sql<{ count: number }>`select count(*) as count from feedback`.execute(store.db);
    const [loaded, refolded] = [await loadStatistics(store, key), await refold(store, key)];
    expect(loaded.cells).toHaveLength(1);
    expect(loaded.cells[0].statistics.count).toBe(rows[0].count);
    expect(loaded.cells[0].statistics.toBytes()).toEqual(refolded.cells[0].statistics.toBytes());
    await store.close();
  });

  it('had kept others out of its folder while it lived', async () => {
    const writer = await startWriter({ dataDir: folder }, new Set());
    const second = openStore({ dataDir: folder });
    await expect(second).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringMatching(new RegExp(`${folder}.*process ${writer.pid} on .*TRADEWIND_DATA_DIR`)) as string,
    });
    await kill(writer);
    const store = await openStore({ dataDir: folder });
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({ code: 'store-locked' });
    await store.close();
    await (await openStore({ dataDir: folder })).close();
  });
});
