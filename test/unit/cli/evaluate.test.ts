import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

import { buildProgram } from '../../../src/cli/program.js';
import { report } from '../../../src/cli/failures.js';
import { chanceOf } from '../../../sim/random.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-evaluate-'));
const log = join(folder, 'log.csv');
const json = join(folder, 'result.json');
writeFileSync(log, madeLog());
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Two arms by turns of chance; small is right in 40 of 100, large in 80. */
function madeLog(): string {
  const chance = chanceOf(1, 'log');
  const lines = Array.from({ length: 800 }, () => {
    const large = chance.number() < 0.5;
    const right = chance.number() < (large ? 0.8 : 0.4);
    return `${large ? 'large' : 'small'},0.5,${right ? 1 : 0},${large ? 0.01 : 0.001},qa`;
  });
  return ['arm,propensity,reward,cost_usd,task', ...lines, ''].join('\n');
}

async function run(...line: string[]) {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += text)));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.err += text)));
  const program = buildProgram();
  let code = 0;
  try {
    await program.parseAsync(['evaluate', ...line], { from: 'user' });
  } catch (error) {
    code = report(error, (text) => (written.err += text));
  }
  return { code, ...written };
}

const rows = () =>
  JSON.parse(readFileSync(json, 'utf8')) as { estimator: string; value: number | null; biased?: string }[];

describe('tradewind evaluate', () => {
  it('prints a row per estimator, and writes them as JSON', async () => {
    const { code, out } = await run(log, '--policy', 'fixed:large', '--json', json);
    expect(code).toBe(0);
    expect(out).toMatch(/^dr +0\.7\d+ +0\.7\d+ +0\.8\d+/m);
    expect(rows().map(({ estimator }) => estimator)).toEqual(['replay', 'ips', 'snips', 'dm', 'dr', 'dros']);
    expect(Object.keys(rows()[1]!)).toEqual(
      expect.arrayContaining(['estimator', 'value', 'low', 'high', 'effective_sample_size', 'max_weight']),
    );
    expect(rows()[1]).not.toHaveProperty('refused');
  });

  it.each([
    ['--least-rounds', '5'],
    ['--arms', 'small,large'],
    ['--context', 'size'],
    ['--state', 'state.json'],
  ])('refuses %s where the log of a service would be read without it', async (option, value) => {
    const { code, err } = await run('http://127.0.0.1:9', '--router', 'r', '--policy', 'uniform', option, value);
    expect(code).toBe(2);
    expect(err).toContain(`${option} needs a log in a file`);
  });

  it('sends a full-information table to the commands that play one', async () => {
    const table = join(folder, 'scores.csv');
    writeFileSync(table, 'task,score:small,score:large\nqa,1,0\n');
    const { code, err } = await run(table, '--policy', 'uniform');
    expect(code).toBe(2);
    expect(err).toContain(`"tradewind drive ${table}"`);
    expect(err).toContain(`"tradewind tune ${table}"`);
  });

  it('values what it is told to', async () => {
    await run(log, '--policy', 'fixed:large', '--objective', 'reward=1,cost_usd=-50', '--json', json);
    expect(rows().find(({ estimator }) => estimator === 'snips')!.value).toBeCloseTo(0.3, 1);
  });

  it('plays policies that learn, with options, floor and budget', async () => {
    const options = ['--floor', '0.02', '--budget', 'cost_usd=0.002', '--estimators', 'dr'];
    expect((await run(log, '--policy', 'linucb:width=0.5', ...options, '--json', json)).code).toBe(0);
    expect(rows()).toHaveLength(1);
  });

  it('takes a table of choices', async () => {
    const table = join(folder, 'table.json');
    writeFileSync(table, '{"qa": {"small": 0.5, "large": 0.5}}');
    expect((await run(log, '--policy', `table:${table}`, '--json', json)).code).toBe(0);
    expect(rows()[1]!.value).toBeCloseTo(0.6, 1);
  });

  it('fails with the reason, and still writes the JSON, when the log supports no estimate', async () => {
    const { code, out, err } = await run(
      log,
      '--limit',
      '60',
      '--policy',
      'fixed:large',
      '--estimators',
      'ips',
      '--json',
      json,
    );
    expect(code).toBe(1);
    expect(out).toContain('ips has no answer: the weighted log is worth');
    expect(err).toContain('cannot support the question');
    expect(rows()[0]).toMatchObject({ value: null, refused: expect.any(String) });
  });

  it('fails where a log of one round supports nothing, a model neither', async () => {
    const one = join(folder, 'one.csv');
    writeFileSync(one, 'arm,propensity,reward\nsmall,1,1\n');
    const { code, out, err } = await run(one, '--policy', 'fixed:small', '--json', json);
    expect(code).toBe(1);
    expect(err).toContain('cannot support the question');
    expect(out).toContain('dm has no answer: 100 % of the target');
    for (const row of rows()) expect(row).toMatchObject({ value: null, refused: expect.any(String) });
  });

  it('says a reason once, whoever gives it', async () => {
    const { out } = await run(log, '--limit', '60', '--policy', 'fixed:large', '--json', json);
    expect(out).toMatch(
      /^replay, ips, snips, dr and dros have no answer: the weighted log is worth .*, fewer than 50$/m,
    );
    expect(rows().filter((row) => row.value === null).length).toBeGreaterThan(3);
  });

  it('notes what the intervals of biased estimators leave out, where they answer', async () => {
    const ask = async (...options: string[]) => (await run(log, '--policy', 'fixed:large', ...options)).out;
    const usual = await ask();
    expect(usual).toMatch(
      /^note: the interval of dm holds the variation of the log, not what its outcome model may be/m,
    );
    expect(usual).toMatch(/^note: the interval of dros holds the variation of the log, not the bias of making large/m);
    expect(await ask('--estimators', 'dros,dr,sg-ips')).toMatch(/^note: the intervals of dros and sg-ips hold the/m);
    expect(await ask('--estimators', 'dros,dr', '--limit', '60')).not.toContain('the interval of');
    await ask('--json', json);
    expect(
      rows()
        .filter((row) => row.biased !== undefined)
        .map(({ estimator }) => estimator),
    ).toEqual(['dm', 'dros']);
  });

  it('refuses context that the log does not hold', async () => {
    const { code, err } = await run(log, '--policy', 'linucb', '--context', 'cost_usd,size');
    expect(err).toContain('expected --context of fields that the rounds of');
    expect(err).toContain('but none has "size"');
    expect(code).toBe(2);
  });

  it('says that the context of an export is left out without its state, and refuses to be told other fields', async () => {
    const exported = join(folder, 'exported');
    mkdirSync(exported, { recursive: true });
    const round = (i: number) => ({
      ...{ decision_id: String(i), schema: 'f00d', features: [4096, i % 2 ? 4096 : 0], eligible: ['a', 'b'] },
      ...{ arm: i % 2 ? 'a' : 'b', propensity: 0.5, probabilities: { a: 0.5, b: 0.5 }, outcomes: { accuracy: i % 2 } },
    });
    const lines = Array.from({ length: 200 }, (_, i) => JSON.stringify(round(i)));
    writeFileSync(join(exported, 'day=2026-11-12.jsonl'), `${lines.join('\n')}\n`);
    const left = await run(exported, '--policy', 'uniform');
    expect(left.code).toBe(0);
    expect(left.out).toMatch(/^note: the context of an export is encoded and was left out: .* give --state the file/m);
    const told = await run(exported, '--policy', 'linucb', '--context', 'task');
    expect(told.err).toContain('expected no --context for the export');
    expect(told.code).toBe(2);
    const both = await run(exported, '--policy', 'linucb', '--context', 'task', '--state', 'state.json');
    expect(both.err).toContain('expected no --context beside --state');
  });

  it('says that accuracy alone was valued where the log holds costs too, unless it was told to', async () => {
    const costly = join(folder, 'costly.csv');
    writeFileSync(costly, readFileSync(log, 'utf8').replace('reward', 'accuracy'));
    const note = /^note: valued by accuracy alone, though the log holds cost_usd too; .*--objective/m;
    expect((await run(costly, '--policy', 'uniform')).out).toMatch(note);
    expect((await run(costly, '--policy', 'uniform', '--objective', 'accuracy=1')).out).not.toMatch(note);
    expect((await run(log, '--policy', 'uniform')).out).not.toMatch(note);
  });

  it.each(['whole', 'whole/rounds'])('points from the export %s to the rounds of its routers', async (path) => {
    const rounds = join(folder, 'whole', 'rounds', 'router=mine');
    mkdirSync(rounds, { recursive: true });
    const { code, err } = await run(join(folder, path), '--policy', 'uniform');
    expect(err).toContain(`which is an export; try ${rounds}`);
    expect(code).toBe(2);
  });

  it.each([
    [['--policy', 'fixed:huge'], 2, 'expected an arm of the log (large, small), got "huge"'],
    [['--policy', 'guess'], 2, 'one of linucb'],
    [[], 2, 'expected --policy'],
    [['--policy', 'uniform', '--objective', 'glory=1'], 2, 'has no outcome "glory"; it has reward, cost_usd'],
    [['--policy', 'uniform', '--estimators', 'guess'], 2, 'expected estimators of replay'],
    [['--policy', 'uniform', '--confidence', '1'], 2, 'the confidence lies between 0 and 1'],
    [['--policy', 'uniform', '--router', 'default'], 2, 'belong to the log of a service'],
    [['--policy', 'uniform', '--budget', 'free'], 2, 'Expected a budget as'],
    [['--policy', 'uniform', '--range', '1..0'], 2, 'expected --range as 0..1'],
    [['--policy', 'linucb:depth=3'], 2, 'takes width'],
    [['--policy', 'uniform:x=1'], 2, 'policy uniform takes no options; got x'],
    [['--policy', 'profile'], 2, 'holds none, got profile. Those of a router come with the --state of its export'],
    [['--policy', 'linucb', '--budget', 'glory=1'], 2, '--budget: '],
    [['--policy', 'linucb', '--budget', 'glory=1'], 2, 'has no outcome "glory"; it has reward, cost_usd'],
    [['--policy', 'linucb', '--budget', 'energy_j=1'], 2, 'has no outcome "energy_j"'],
    [['--policy', 'linucb', '--budget', 'cost_usd=1/99999d'], 2, '--budget: expected a duration of at most 3650d'],
    [['--policy', 'linucb', '--budget', 'cost_usd=1,cost_usd=2'], 2, '--budget: expected each budget once'],
  ])('refuses %j', async (options, code, message) => {
    const result = await run(log, ...(options as string[]));
    expect(result.err).toContain(message);
    expect(result.code).toBe(code);
  });

  it('names line and column of what is wrong in the log', async () => {
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, 'arm,propensity,reward\na,0.5,1\na,7,1\n');
    const { code, err } = await run(wrong, '--policy', 'uniform');
    expect(err).toContain('wrong.csv:3: column 2 (propensity): expected a probability from 0 to 1');
    expect(code).toBe(1);
  });

  it('does not make a database in a folder that holds none', async () => {
    const { code, err } = await run(folder, '--router', 'default');
    expect(err).toContain('which holds no database');
    expect(code).toBe(2);
  });
});
