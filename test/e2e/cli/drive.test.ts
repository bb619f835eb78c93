import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Client } from '../../../src/cli/client.js';
import type { DriveResult } from '../../../src/cli/drive/result.js';
import { chanceOf } from '../../../sim/random.js';
import { startProcess, type TradewindProcess } from '../../support/tradewind-process.js';
import { transpileProgram } from '../../support/transpiled-program.js';

const requests = 240;
const router = 'driven';
const pollMs = 20;
/** Two starts of a whole service and a drive of some seconds, on a machine with nothing else to do. */
const timeout = 300_000;

/** The large model is right more often, by less in poetry than its price is worth. */
const rows = (() => {
  const chance = chanceOf(1, 'drive');
  const right = (probability: number) => (chance.number() < probability ? 1 : 0);
  return Array.from({ length: requests }, (_, i) => {
    const task = i % 2 === 0 ? 'maths' : 'poetry';
    const accuracy = { small: right(task === 'maths' ? 0.3 : 0.8), large: right(0.9) };
    return { task, accuracy, cost: { small: 0.0001, large: 0.001 } };
  });
})();
const table = [
  'task,score:small,score:large,cost_usd:small,cost_usd:large',
  ...rows.map(({ task, accuracy, cost }) => [task, accuracy.small, accuracy.large, cost.small, cost.large].join(',')),
  '',
].join('\n');
/** The default objective of a table with costs. */
const utilities = rows.map(({ accuracy, cost }) => [
  accuracy.small - 250 * cost.small,
  accuracy.large - 250 * cost.large,
]);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Drive {
  readonly child: ChildProcess;
  /** What it has written on standard error. */
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

describe('tradewind drive against a service that is killed and started again', () => {
  let program: string;
  let folder: string;
  let service: TradewindProcess;
  let client: Client;

  beforeAll(async () => {
    program = await transpileProgram();
    folder = await mkdtemp(join(tmpdir(), 'tradewind-drive-'));
    await writeFile(join(folder, 'table.csv'), table);
    service = await startProcess({ program, dataDir: join(folder, 'data') });
    client = new Client(service.url);
  });
  afterAll(async () => {
    await service.stop();
    for (const made of [program, folder]) await rm(made, { recursive: true, force: true });
  });

  function drive(...options: string[]): Drive {
    const line = ['drive', 'table.csv', '--router', router, '--url', service.url, '--json', 'result.json', ...options];
    const child = spawn(process.execPath, [join(program, 'src/cli/main.js'), ...line], { cwd: folder });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.resume();
    return { child, said: () => said, ended: once(child, 'close').then(([code]) => code as number | null) };
  }
  const outcomes = async () => (await client.routerIfAny(router))?.outcomes ?? {};
  const resultWritten = async () => JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as DriveResult;

  /** @throws Error with what it said, when it ends before */
  async function untilLearned(count: number, { child, said }: Drive): Promise<void> {
    while (((await outcomes())['cost_usd'] ?? 0) < count) {
      if (child.exitCode !== null) throw new Error(`drive ended with ${child.exitCode}:\n${said()}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  it('goes on from where it was, with every acknowledged outcome once', { timeout }, async () => {
    const running = drive();
    await untilLearned(requests / 4, running);
    await service.kill();
    service = await startProcess({ program, dataDir: join(folder, 'data'), port: Number(new URL(service.url).port) });
    expect(await running.ended, running.said()).toBe(0);
    expect(running.said()).toMatch(/server away, retrying: [^]*server back after [\d.]+ s, going on/);

    const { feedback } = await resultWritten();
    expect(feedback).toMatchObject({ late: 0, rejected: 0 });
    expect(feedback.applied + feedback.duplicate).toBe(2 * requests - feedback.lost);
    expect(await outcomes()).toMatchObject({ cost_usd: requests, accuracy: requests - feedback.lost });
  });

  it('writes what it found, under the names and with the numbers of the table', async () => {
    const result = await resultWritten();
    expect(result).toMatchObject({
      requests,
      mean_utility: expect.any(Number),
      fixed: {
        small: expect.closeTo(mean(utilities.map(([small]) => small!)), 9),
        large: expect.closeTo(mean(utilities.map(([, large]) => large!)), 9),
      },
      uniform: expect.closeTo(mean(utilities.map(mean)), 9),
      best_per_prompt: expect.closeTo(mean(utilities.map((both) => Math.max(...both))), 9),
    });
    expect(result.mean_utility).toBeGreaterThan(result.uniform);
    expect(result.mean_utility).toBeLessThanOrEqual(result.best_per_prompt);
    expect(result.regret.every(([request, regret]) => Number.isInteger(request) && Number.isFinite(regret))).toBe(true);
    const [last, regret] = result.regret.at(-1)!;
    expect(last).toBe(requests);
    expect(regret).toBeCloseTo(requests * (result.best_per_task - result.mean_utility), 6);
  });

  it('leaves out with --resume what the router has learned, and has nothing left of a table that was played', async () => {
    const again = drive('--resume');
    expect(await again.ended).toBe(1);
    expect(again.said()).toContain('has no rows left to play');
  });
});
