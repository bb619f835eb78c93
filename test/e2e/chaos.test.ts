/** Faults at random, in short; `npm run chaos` is the long form. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runChaos } from '../chaos/chaos.js';
import { startProcess } from '../support/tradewind-process.js';
import { transpileProgram } from '../support/transpiled-program.js';

const faults = 20;
/** Starts and restarts of a whole service, each a second or two of a machine with nothing else to do. */
const timeout = 300_000;

let program: string;
beforeAll(async () => {
  program = await transpileProgram();
});
afterAll(() => rm(program, { recursive: true, force: true }));

describe('four replicas over one Postgres, to which one fault after the other happens', () => {
  it('lose nothing, count nothing twice, and have decided as they say', { timeout }, async () => {
    /** Told when the test fails: `npm run chaos -- --faults 20 --seed …` draws the same faults. */
    const seed = randomInt(2 ** 31);
    const journal: string[] = [];
    const report = await runChaos({ program, faults, seed, journal: (line) => journal.push(line) });
    const told = `seed ${seed}\n${journal.join('\n').slice(-20_000)}`;
    expect(report, told).toMatchObject({ faults, lost: 0, doubled: 0, state_mismatches: 0, violations: [] });
    expect(report, told).toMatchObject({ decisions_not_reproduced: 0, hung: 0, called_duplicate: 0, seed, rounds: 1 });
    // The run was about something.
    expect(report.acknowledged, told).toBeGreaterThan(faults);
    expect(report.decisions_checked, told).toBeGreaterThan(faults);
    expect(report.corrections, told).toBeGreaterThan(0);
  });
});

describe('a data folder that a process serves from', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tradewind-folder-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('is refused to a second process, which harms nothing, until the first is gone', { timeout }, async () => {
    const first = await startProcess({ program, dataDir });
    const route = (url: string) =>
      fetch(`${url}/v1/route`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ router: 'default', context: { task: 'sentiment' } }),
      });
    const { feedback_token } = (await (await route(first.url)).json()) as { feedback_token: string };
    await expect(startProcess({ program, dataDir })).rejects.toThrow(dataDir);
    const feedback = (url: string) =>
      fetch(`${url}/v1/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ feedback_token, metrics: { accuracy: 1 } }),
      }).then((response) => response.json() as Promise<{ status: string }>);
    expect(await feedback(first.url)).toMatchObject({ status: 'applied' });
    await first.kill();
    const second = await startProcess({ program, dataDir });
    expect(await feedback(second.url)).toMatchObject({ status: 'duplicate' });
    expect((await route(second.url)).status).toBe(200);
    expect(await second.stop()).toBe(0);
  });
});
