/** An acknowledged outcome is never lost and never counted twice, however the process ends. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCrash, type CrashOptions } from '../support/crash/run-crash.js';
import { startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { transpileProgram } from '../support/transpiled-program.js';

const kills = 10;
const loadMs = [250, 900] as const;
/** Eleven starts of a whole service, each a second or two of a machine with nothing else to do. */
const timeout = 300_000;

describe('a service that is killed ten times in a row under load', () => {
  let program: string;
  beforeAll(async () => {
    program = await transpileProgram();
  });
  afterAll(() => rm(program, { recursive: true, force: true }));

  /** @param seed told when the test fails; give it here to have the same load again */
  async function expectKept(options: Omit<CrashOptions, 'program' | 'kills' | 'seed' | 'loadMs'>, seed: number) {
    const report = await runCrash({ program, kills, seed, loadMs, ...options });
    expect(report, `seed ${seed}`).toMatchObject({ violations: [], exitCode: 0 });
    expect(Math.min(...report.perLife), `seed ${seed}: decisions of the idlest run`).toBeGreaterThan(0);
    expect(report.outcomes).toBeGreaterThan(kills * 10);
    expect(report.corrections).toBeGreaterThan(0);
  }

  describe('over a data folder', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tradewind-crash-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('has every acknowledged outcome once, and sums that are the fold of its log', { timeout }, async () => {
      await expectKept({ dataDir: folder }, randomInt(2 ** 31));
    });
  });

  describe('over a Postgres that crashes too', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      // With the settings that a server has in production, for a commit has to outlive the server.
      server = await startPostgres({});
    });
    afterAll(() => server.close());

    it('has every acknowledged outcome once, and sums that are the fold of its log', { timeout }, async () => {
      const crashDatabase = async () => {
        await server.halt('immediate');
        await server.start();
      };
      await expectKept({ databaseUrl: server.url(), crashDatabase }, randomInt(2 ** 31));
    });
  });
});
