import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { transpileProgram } from '../../support/transpiled-program.js';

const run = promisify(execFile);

/** Three models on a task of each kind, made up. */
const cells = `dataset,task,type,model,score,kwh_per_run_1000,sec_per_run_1000,n_runs,kwh_sd
${['sentiment', 'qa', 'summarization']
  .flatMap((task) => [
    `"${task}-set (f1, made up)",${task},seq2seq,google/flan-t5-xxl,0.9,0.15,120,10,0`,
    `"${task}-set (f1, made up)",${task},encoder,${{ sentiment: 'distilbert-base-uncased-finetuned-sst-2-english', qa: 'distilbert-base-cased-distilled-squad', summarization: 'sshleifer/distilbart-cnn-12-6' }[task]},0.7,0.005,7,10,0`,
    `"${task}-set (f1, made up)",${task},encoder,specialist,0.88,0.006,9,10,0`,
  ])
  .join('\n')}
`;

interface FailedRun {
  readonly code: number;
  readonly stderr: string;
}

interface Row {
  readonly policy: string;
  readonly task: string;
  readonly accuracy: number;
}

describe('tradewind simulate', () => {
  let program: string;
  let folder: string;
  const simulate = (...options: string[]) =>
    run(process.execPath, [join(program, 'src/cli/main.js'), 'simulate', ...options], { cwd: folder });

  beforeAll(async () => {
    program = await transpileProgram();
    folder = await mkdtemp(join(tmpdir(), 'tradewind-simulate-'));
    await writeFile(join(folder, 'co2-inference.csv'), cells);
  });
  afterAll(async () => {
    for (const made of [program, folder]) await rm(made, { recursive: true, force: true });
  });

  it('gives the same result in threads as in one, and a page and pictures that stand alone', async () => {
    const resultWith = async (threads: string) => {
      await simulate(
        'orchestration',
        '--data',
        '.',
        '--seeds',
        '2',
        '--threads',
        threads,
        '--json',
        'o.json',
        '--html',
        'o.html',
        '--svg',
        'plots',
      );
      // How long a decision took is not the same twice; all else is.
      const timed = (name: string, value: unknown): unknown => (name === 'selection_us' ? Number(value) > 0 : value);
      return JSON.parse(await readFile(join(folder, 'o.json'), 'utf8'), timed) as { rows: Row[] };
    };
    const threaded = await resultWith('2');
    expect(threaded).toEqual(await resultWith('0'));
    expect(threaded.rows).toHaveLength(6 * (1 + 3));
    const page = await readFile(join(folder, 'o.html'), 'utf8');
    expect(page.match(/<figure>/g)!.length).toBeGreaterThanOrEqual(3);
    expect(await readFile(join(folder, 'plots/front.svg'), 'utf8')).toMatch(/^<svg /);
    const all = (policy: string) => threaded.rows.find((row) => row.policy === policy && row.task === 'all')!;
    expect(all('bandit-seeded').accuracy).toBeGreaterThan(all('qualitative-popular').accuracy);
  });

  it('plays a scenario from a file, to the same bytes in threads as in one, and names what is wrong in it', async () => {
    const scenario = {
      world: { type: 'linear', arms: 3, dimension: 4, length: 200 },
      policies: [{ name: 'bandit' }, { name: 'chance', policy: { name: 'uniform' } }],
      disturbances: [{ type: 'quality', arm: 'arm-1', times: 0.5, from: 100 }],
      seeds: 3,
    };
    const bytesWith = async (threads: string) => {
      await simulate('mine.json', '--threads', threads, '--json', 'm.json', '--html', 'm.html', '--svg', 'mine');
      return readFile(join(folder, 'm.json'), 'utf8');
    };
    await writeFile(join(folder, 'mine.json'), JSON.stringify(scenario));
    const threaded = await bytesWith('2');
    expect(threaded).toBe(await bytesWith('0'));
    expect(JSON.parse(threaded)).toMatchObject({ seeds: 3, changes: [{ request: 100 }] });
    expect(await readFile(join(folder, 'mine/accuracy-energy.svg'), 'utf8')).toMatch(/^<svg /);
    await writeFile(
      join(folder, 'mine.json'),
      JSON.stringify({ ...scenario, seeds: 0, disturbances: [{ type: 'quake' }] }),
    );
    await expect(simulate('mine.json')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /mine.json: \/disturbances\/0\/type: expected one of .*\n.*mine.json: \/seeds: expected/,
      ),
    });
  });

  it('tells before it plays that what it would write cannot be written, and every fault of a table at once', async () => {
    await writeFile(join(folder, 'wrong.csv'), 'score:a,score:b\n1,0\n73,0\n1,\n0,1\n');
    const scenario = { world: { type: 'table', file: 'wrong.csv' }, policies: [{ name: 'bandit' }] };
    await writeFile(join(folder, 'table.json'), JSON.stringify(scenario));
    const failing = async (...options: string[]) => {
      const failed = (await simulate('table.json', ...options).catch((error: unknown) => error)) as FailedRun;
      return { code: failed.code, lines: failed.stderr.trim().split('\n') };
    };
    const faults = await failing();
    expect(faults).toMatchObject({ code: 1, lines: [expect.any(String), expect.any(String)] });
    expect(faults.lines[0]).toMatch(/wrong.csv:3: column 1 \(score:a\): expected a number from 0 to 1, got 73/);
    expect(faults.lines[1]).toMatch(/wrong.csv:4: column 2 \(score:b\)/);
    expect((await failing('--svg', 'table.json')).lines).toEqual([
      expect.stringMatching(/plots can't be written to table.json: it is a file/),
    ]);
    expect((await failing('--json', '.')).lines).toEqual([expect.stringMatching(/it is a folder; name a file in it/)]);
  });

  it('says what is missing, and which scenarios there are', async () => {
    await expect(simulate('orchestration', '--data', 'nowhere')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no folder nowhere/),
    });
    await expect(simulate('paretobandit-1', '--data', '.')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/paretobandit-k3/),
    });
    const cut = join(folder, 'cut');
    await mkdir(cut);
    await writeFile(join(cut, 'co2-inference.csv'), cells.trim().split('\n').slice(0, -2).join('\n'));
    await expect(simulate('orchestration', '--data', cut)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /cut\/co2-inference.csv: expected a row of sshleifer\/distilbart-cnn-12-6 for summarization\/summarization-set; is the file whole\?/,
      ),
    });
    await expect(simulate('nothing', '--data', '.')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/paretobandit-1, paretobandit-2/),
    });
  });
});
