import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RouterSpec } from '../../../src/routing/spec.js';
import { chanceOf } from '../../../sim/random.js';
import { startProcess } from '../../support/tradewind-process.js';
import { transpileProgram } from '../../support/transpiled-program.js';

const run = promisify(execFile);

/** Costs are what matters: trying the dear model at random is paid for in each request. */
function madeTable(): string {
  const chance = chanceOf(1, 'table');
  const right = (probability: number) => (chance.number() < probability ? 1 : 0);
  const lines = Array.from({ length: 240 }, (_, i) => {
    const task = ['maths', 'poetry'][i % 2]!;
    return `${i % 3 === 0 ? 'held' : 'tune'},${task},${right(0.9)},${right(0.95)},0.001,0.02`;
  });
  return ['split,task,score:small,score:large,cost_usd:small,cost_usd:large', ...lines, ''].join('\n');
}

function madeLog(): string {
  const chance = chanceOf(2, 'log');
  const lines = Array.from({ length: 500 }, () => {
    const large = chance.number() < 0.5;
    return `${large ? 'large' : 'small'},0.5,${chance.number() < (large ? 0.8 : 0.4) ? 1 : 0},qa`;
  });
  return ['arm,propensity,reward,task', ...lines, ''].join('\n');
}

interface Result {
  readonly stages: readonly {
    readonly stage: string;
    readonly tried: readonly { values: number[]; worst: number }[];
  }[];
  readonly held_out: { readonly declared: { readonly values: number[] } };
  readonly verdict: string;
}

describe('tradewind tune', () => {
  let program: string;
  let folder: string;
  const tradewind = (...line: string[]) =>
    run(process.execPath, [join(program, 'src/cli/main.js'), ...line], { cwd: folder });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const written = ['t.json', 't.html', 'router.json'];
  const tune = (...options: string[]) =>
    tradewind(
      'tune',
      'table.csv',
      '--json',
      't.json',
      '--html',
      't.html',
      '--out',
      'router.json',
      '--seeds',
      '2',
      ...options,
    );

  beforeAll(async () => {
    program = await transpileProgram();
    folder = await mkdtemp(join(tmpdir(), 'tradewind-tune-'));
    await writeFile(join(folder, 'table.csv'), madeTable());
    await writeFile(join(folder, 'log.csv'), madeLog());
  });
  afterAll(async () => {
    for (const made of [program, folder]) await rm(made, { recursive: true, force: true });
  });

  it('writes the same bytes in threads as in one, with every setting that was tried', async () => {
    const bytes = async (threads: string) => {
      const { stdout } = await tune('--threads', threads);
      return [stdout, ...(await Promise.all(written.map(read)))];
    };
    const threaded = await bytes('2');
    expect(await bytes('0')).toEqual(threaded);
    const { stages, held_out: heldOut, verdict } = JSON.parse(threaded[1]!) as Result;
    expect(stages.map(({ stage }) => stage)).toEqual(['exploration', 'forgetting', 'ridge']);
    for (const { tried } of stages) {
      for (const { values, worst } of tried) expect(worst).toBe(Math.min(...values));
    }
    expect(stages[0]!.tried.length).toBeGreaterThan(10);
    expect(stages[0]!.tried[0]!.values).not.toEqual(heldOut.declared.values);
    expect(threaded[0]).toContain(verdict);
    expect(threaded[2]!.match(/<figure>/g)).toHaveLength(3);
  });

  it('starts from profiles of a split, checks on another, and writes a router that a service takes', async () => {
    await tune('--split', 'tune', '--held-out', 'held', '--seed-from', 'tune', '--only', 'profiles', '--name', 'mine');
    const { stages } = JSON.parse(await read('t.json')) as Result;
    expect(stages.map(({ stage }) => stage)).toEqual(['profiles']);
    const router = JSON.parse(await read('router.json')) as RouterSpec;
    expect(router).toMatchObject({ id: 'mine', arms: [{ id: 'small' }, { id: 'large' }] });
    const service = await startProcess({ program, dataDir: join(folder, 'data') });
    try {
      const { stdout } = await tradewind('router', 'create', 'router.json', '--url', service.url);
      expect(stdout).toContain('created mine with 2 arms');
    } finally {
      await service.stop();
    }
  });

  it('judges beliefs on a log, and says what a log cannot tell', async () => {
    const { stdout } = await tradewind('tune', 'log.csv', '--out', 'router.json');
    expect(stdout).toMatch(/^forgetting: /m);
    expect(stdout).not.toMatch(/^exploration: /m);
    expect(stdout).toContain('a log cannot tell how widely to explore');
    expect(JSON.parse(await read('router.json'))).toMatchObject({ id: 'tuned-log', objective: { reward: 1 } });
  });
});
