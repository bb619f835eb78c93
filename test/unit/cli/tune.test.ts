import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SchemaElement } from 'hyparquet';
import { parquetWriteFile, type ColumnSource } from 'hyparquet-writer';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

import { report } from '../../../src/cli/failures.js';
import { buildProgram } from '../../../src/cli/program.js';
import { kindOfFile } from '../../../src/cli/kind-of-file.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-tune-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const table = file('table.csv', 'split,task,score:small,score:large\ntune,qa,1,0\ntune,code,0,1\n');
const log = file('log.csv', 'arm,propensity,reward,task\nsmall,0.5,1,qa\nlarge,0.5,0,qa\n');
const parquet = (name: string, columnData: ColumnSource[], schema?: SchemaElement[]) => {
  const filename = join(folder, name);
  parquetWriteFile({ filename, columnData, ...(schema ? { schema } : {}) });
  return filename;
};
/** A column `score` with a member per model. */
const scores: SchemaElement[] = [
  { name: 'root', num_children: 1 },
  { name: 'score', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'small', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];
/** A day of an export, `rounds` times. */
const days = (name: string, rounds: number) => {
  mkdirSync(join(folder, name));
  file(join(name, 'day=1.jsonl.partial'), '{"arm": "small", "propensity": 0.5, "reward": 1}\n'.repeat(rounds));
  return join(folder, name);
};
const logged = (name: string) =>
  parquet(name, [
    { name: 'arm', data: ['small', 'large'] },
    { name: 'propensity', data: [0.5, 0.5], type: 'DOUBLE' },
    { name: 'reward', data: [1, 0], type: 'DOUBLE' },
    { name: 'score', data: [1, 0], type: 'DOUBLE' },
  ]);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function run(...line: string[]) {
  let err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += text)));
  try {
    await buildProgram().parseAsync(['tune', ...line], { from: 'user' });
    return { code: 0, err };
  } catch (error) {
    return { code: report(error, (text) => (err += text)), err };
  }
}

describe('tradewind tune', () => {
  it.each([
    ['--objective', 'energy_j=-1'],
    ['--budget', 'cost_usd=1'],
  ])('refuses %s of a metric that no row of the table knows', async (option, wish) => {
    const { code, err } = await run(table, option, wish);
    expect(code).toBe(2);
    expect(err).toContain(
      `expected ${option} of what the rows to tune on know (accuracy), got "${wish.split('=')[0]}"`,
    );
  });

  it.each([
    [[join(folder, 'nowhere.csv')], 1, /nowhere.csv: there is no such file/],
    [[table, '--seeds', '1'], 2, /at least 2 seeds/],
    [[table, '--only', 'luck'], 2, /exploration, forgetting, profiles, ridge, got "luck"/],
    [[table, '--only', 'profiles'], 2, /nothing to try of profiles; here there are exploration, ridge/],
    [[table, '--gap', 'soon'], 2, /a duration is a whole number above 0/],
    [[table, '--context', 'prompt'], 1, /no prompts; tune it with --context task/],
    [[table, '--context', 'moon'], 2, /prompt, task or both/],
    [[table, '--held-out', 'none'], 1, /no rows of the split none; it has tune/],
    [[table, '--split', 'tune,none'], 1, /no rows of the split none; it has tune/],
    [[table, '--json', join(folder, 'no', 'x.json')], 1, /no folder .*no; make the folder first/],
    [[table, '--seed-from', 'tune'], 1, /no rows left to tune on; say which with --split/],
    [[table, '--objective', 'accuracy=1', '--energy-weight', '1'], 2, /got both/],
    [[log, '--only', 'exploration'], 2, /here there are ridge/],
    [[log, '--split', 'tune'], 2, /--split belongs to a table/],
    [[log, '--objective', 'beauty=1'], 2, /no outcome "beauty"; it has reward/],
    [[log], 1, /fewer than 50/],
    [[logged('short.parquet')], 1, /fewer than 50/],
    [[days('short', 2)], 1, /fewer than 50/],
    [[days('one-day', 2), '--split', 'tune'], 2, /--split belongs to a table/],
  ])('says what is wrong with %j', async (line, code, message) => {
    const answer = await run(...line);
    expect(answer.err).toMatch(message);
    expect(answer.code).toBe(code);
  });
});

describe('a file', () => {
  it.each([
    ['columns of scores', file('a.csv', 'id,score:x\n1,1\n'), 'table'],
    ['a member score', file('a.jsonl', '\n{"score": [1, 0]}\n'), 'table'],
    ['neither', log, 'log'],
    ['columns of scores in Parquet', parquet('a.parquet', [{ name: 'score:x', data: [1], type: 'DOUBLE' }]), 'table'],
    [
      'a column of all scores in Parquet',
      parquet('b.parquet', [{ name: 'score', data: [{ small: 1 }] }], scores),
      'table',
    ],
    ['a log in Parquet, whatever its outcome is called', logged('log.parquet'), 'log'],
    ['days of an export', days('days', 1), 'log'],
    ['no JSON, which the reader of logs will tell', file('b.jsonl', 'hello\n'), 'log'],
  ])('with %s is taken for what it is', async (_, path, kind) => {
    expect(await kindOfFile(path)).toBe(kind);
  });

  it('that is empty, or of no known format, is refused', async () => {
    await expect(kindOfFile(file('e.csv', ''))).rejects.toThrow(/the file is empty/);
    await expect(kindOfFile(file('e.xlsx', 'x'))).rejects.toThrow(/expected a table or log ending in/);
  });
});
