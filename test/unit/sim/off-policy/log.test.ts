import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { parquetWriteFile, type ColumnSource } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';

import { openLog, type LogOptions } from '../../../../sim/off-policy/log/open-log.js';
import type { Round } from '../../../../sim/off-policy/round.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

function parquet(name: string, columnData: ColumnSource[]): string {
  const path = join(folder, name);
  parquetWriteFile({ filename: path, columnData });
  return path;
}

const read = (name: string, text: string, options?: LogOptions) => readAll(write(name, text), options);

async function readAll(path: string, options?: LogOptions) {
  const log = await openLog(path, options);
  const rounds: Round[] = [];
  for await (const round of log.rounds()) rounds.push(round);
  return { log, rounds };
}

const csv = `arm,propensity,reward,task,p:small,p:large,timestamp
small,0.25,1,qa,0.25,0.75,2026-01-01T00:00:00Z
large,0.5,0,code,0.5,0.5,2026-01-01T00:00:01Z
`;

describe('a log in a file', () => {
  it('is read from CSV, packed or not', async () => {
    for (const name of ['log.csv', 'log.csv.gz']) {
      const { log, rounds } = await read(name, csv);
      expect(log.arms).toEqual(['large', 'small']);
      expect(rounds[0]).toMatchObject({ line: 2, arm: 1, propensity: 0.25, task: 'qa', outcomes: { reward: 1 } });
      expect(rounds[0]!.time).toBe(Date.UTC(2026, 0, 1));
      expect([...rounds[0]!.probabilities!]).toEqual([0.75, 0.25]);
    }
  });

  it('is read from JSONL with the same meaning', async () => {
    const { log, rounds } = await read(
      'log.jsonl',
      [
        '{"arm": "small", "propensity": 0.25, "reward": 1, "task": "qa", "probabilities": {"small": 0.25, "large": 0.75}}',
        '{"arm": "large", "outcomes": {"accuracy": 0.5, "cost_usd": 0.01}, "context": {"task": "code"}, "probabilities": {"small": 0.5, "large": 0.5}}',
      ].join('\n'),
    );
    expect(log.arms).toEqual(['large', 'small']);
    expect(rounds[0]).toMatchObject({ arm: 1, propensity: 0.25, task: 'qa', outcomes: { reward: 1 } });
    // The propensity is one of the probabilities, so it need not be said twice.
    expect(rounds[1]).toMatchObject({
      arm: 0,
      propensity: 0.5,
      task: 'code',
      outcomes: { accuracy: 0.5, cost_usd: 0.01 },
    });
  });

  it('is read with no more than arms, the propensities of what was chosen and rewards, as others write it', async () => {
    const { log, rounds } = await read('foreign.csv', 'action,pscore,reward,extra\n10,0.5,0,x\n2,0.1,1,y\n');
    expect(log.arms).toEqual(['2', '10']);
    expect(rounds.map(({ propensity }) => propensity)).toEqual([0.5, 0.1]);
    expect(rounds[0]!.probabilities).toBeUndefined();
  });

  it('finds out whose the numbered probabilities are', async () => {
    const { log } = await read(
      'numbered.csv',
      'arm,propensity,reward,p0,p1,p2\nb,0.3,1,0.4,0.3,0.3\nb,0.2,1,0.5,0.3,0.2\na,0.3,0,0.1,0.3,0.6\n',
    );
    expect(log.arms).toEqual(['p0', 'a', 'b']);
  });

  it('asks for names where numbered probabilities fit several arms', async () => {
    const text = 'arm,propensity,reward,p0,p1\nb,0.5,1,0.5,0.5\na,0.5,0,0.5,0.5\n';
    await expect(read('unsure.csv', text)).rejects.toThrow(/probability of "b"; it could be p0, p1\. Name the arms/);
    expect((await read('unsure.csv', text, { arms: ['a', 'b'] })).rounds[0]!.arm).toBe(1);
  });

  it('takes the arms that could be chosen, by name or number, in any format, and all where it does not say', async () => {
    const lines = '{"arm": 3, "eligible": [3, "5"]}\n{"arm": 4, "eligible": null}\n';
    expect((await read('some.jsonl', lines)).rounds.map(({ eligible }) => eligible)).toEqual([[0, 2], undefined]);
    const cells = 'arm,reward,eligible\n3,1,"[3, ""5""]"\n4,1,\n';
    expect((await read('some.csv', cells)).rounds.map(({ eligible }) => eligible)).toEqual([[0, 2], undefined]);
  });

  it('leaves a round without outcome or propensity in, for others to judge', async () => {
    const { rounds } = await read('gaps.csv', 'arm,propensity,reward\na,,1\nb,0.5,\n');
    expect(rounds[0]!.propensity).toBeNaN();
    expect(rounds[1]!.outcomes).toEqual({});
  });

  it('knows numbers and categories of the context it is asked for', async () => {
    const { log, rounds } = await read('context.csv', 'arm,propensity,reward,age,city\na,1,1,30,x\na,1,0,40,y\n', {
      context: ['age', 'city'],
    });
    expect(log.survey.context.get('age')).toEqual({ range: [30, 40] });
    expect(log.survey.context.get('city')).toEqual({ values: ['x', 'y'] });
    expect(rounds[0]!.context).toEqual({ age: 30, city: 'x' });
  });

  it.each([
    [
      'a probability above 1',
      'arm,propensity,reward\na,0.5,1\na,1.5,1\n',
      /:3: column 2 \(propensity\): expected a probability from 0 to 1, got "1.5"/,
    ],
    [
      'a negative probability',
      'arm,propensity,reward,p:a,p:b\na,1,1,1.1,-0.1\n',
      /:2: column [45] \(p:[ab]\): expected a probability/,
    ],
    [
      'probabilities that do not sum to 1',
      'arm,reward,p:a,p:b\na,1,0.5,0.4\n',
      /:2: expected probabilities that sum to 1, got 0.9/,
    ],
    [
      'a propensity that is not that of the arm',
      'arm,propensity,reward,p:a,p:b\na,0.6,1,0.4,0.6\n',
      /:2: column 2 \(propensity\): 0.6 is not the probability of "a", 0.4/,
    ],
    [
      'a reward in words',
      'arm,propensity,reward\na,0.5,good\n',
      /:2: column 3 \(reward\): expected a number, got "good"/,
    ],
    ['an endless reward', 'arm,propensity,reward\na,0.5,1e999\n', /:2: column 3 \(reward\): expected a number/],
    ['no arm', 'arm,propensity,reward\n,0.5,1\n', /:2: column 1 \(arm\): expected the name of the arm/],
    ['no column of arms', 'propensity,reward\n0.5,1\n', /:1: expected a column "arm", got propensity, reward/],
    ['a cell too many', 'arm,reward\na,1,2\n', /:2: expected 2 cells as in the header, got 3/],
    [
      'eligible arms in words',
      'arm,reward,eligible\na,1,"[""a""]"\na,1,all\n',
      /:3: column 3 \(eligible\): expected a list of arms by name, each once, as \["a", "b"\], got "all"/,
    ],
    ['a column twice', 'arm,reward,reward\na,1,2\n', /:1: column 3: "reward" is there twice/],
    ['a time in words', 'arm,reward,timestamp\na,1,noon\n', /:2: column 3 \(timestamp\): expected a time/],
    ['nothing', '', /got an empty file/],
    ['a header alone', 'arm,reward\n', /expected at least one decision, got none/],
  ])('names line and column of %s', async (_, text, message) => {
    await expect(read('wrong.csv', text)).rejects.toThrow(message);
  });

  it.each([
    ['broken JSON', '{"arm": "a"\n', /:1: not JSON/],
    ['a line that is no object', '{"arm": "a"}\n[1]\n', /:2: expected a JSON object/],
    [
      'eligible arms that are a number',
      '{"arm": "a", "eligible": 5}\n',
      /:1: eligible: expected a list of arms by name, each once, as \["a", "b"\], got 5/,
    ],
    ['eligible arms without a name', '{"arm": "a", "eligible": ["a", {}]}\n', /:1: eligible: expected a list of arms/],
    ['an eligible arm twice', '{"arm": "a", "eligible": ["a", "a"]}\n', /:1: eligible: .* each once/],
    [
      'eligible arms without the chosen one',
      '{"arm": "a"}\n{"arm": "b", "eligible": ["a"]}\n',
      /:2: eligible: expected the chosen arm "b" among those that could be, got \["a"\]/,
    ],
    [
      'a chance of an arm that could not be chosen',
      '{"arm": "a", "probabilities": {"a": 0.6, "b": 0.4}, "eligible": ["a"]}\n',
      /:1: eligible: expected every arm that had a chance, got none of "b", whose probability is 0.4/,
    ],
    ['no eligible arm', '{"arm": "a", "eligible": []}\n', /:1: eligible: expected the chosen arm "a" among/],
    [
      'probabilities in a list',
      '{"arm": "a", "probabilities": [1]}\n',
      /:1: probabilities: expected an object by name/,
    ],
    ['no arm', '{"reward": 1}\n', /:1: arm: expected a member "arm"/],
  ])('names line and member of %s', async (_, text, message) => {
    await expect(read('wrong.jsonl', text)).rejects.toThrow(message);
  });

  it('is not taken for one by another ending', async () => {
    await expect(openLog('log.txt')).rejects.toThrow('expected a log ending in .jsonl');
  });

  it('is read from Parquet with the same meaning, from columns as in CSV and from maps', async () => {
    const flat = parquet('flat.parquet', [
      { name: 'arm', data: ['small', 'large'] },
      { name: 'reward', data: [1, 0], type: 'DOUBLE' },
      { name: 'task', data: ['qa', 'code'] },
      { name: 'p:small', data: [0.25, 0.5], type: 'DOUBLE' },
      { name: 'p:large', data: [0.75, 0.5], type: 'DOUBLE' },
      { name: 'timestamp', data: [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 0, 2))] },
    ]);
    const nested = parquet('nested.parquet', [
      { name: 'action', data: ['small', 'large'] },
      { name: 'outcomes', data: [{ reward: 1 }, { reward: 0 }], type: 'JSON' },
      { name: 'context', data: [{ task: 'qa' }, { task: 'code' }], type: 'JSON' },
      {
        name: 'probabilities',
        data: [
          { small: 0.25, large: 0.75 },
          { small: 0.5, large: 0.5 },
        ],
        type: 'JSON',
      },
      { name: 'time', data: [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 0, 2))] },
    ]);
    for (const path of [flat, nested]) {
      const { log, rounds } = await readAll(path);
      expect(log.arms).toEqual(['large', 'small']);
      expect(rounds[0]).toMatchObject({ line: 1, arm: 1, propensity: 0.25, task: 'qa', outcomes: { reward: 1 } });
      expect(rounds[1]).toMatchObject({ line: 2, arm: 0, propensity: 0.5, time: Date.UTC(2026, 0, 2) });
      expect([...rounds[0]!.probabilities!]).toEqual([0.75, 0.25]);
    }
  });

  it('takes whole numbers of 64 bits and not-a-number as data frames write them, and names the row that is wrong', async () => {
    const rewards = (third: number) =>
      parquet('frame.parquet', [
        { name: 'arm', data: [1n, 2n, 1n], type: 'INT64' },
        { name: 'propensity', data: [0.5, 0.5, third], type: 'DOUBLE' },
        { name: 'reward', data: [1, NaN, 0], type: 'DOUBLE' },
      ]);
    const { log, rounds } = await readAll(rewards(0.5));
    expect(log.arms).toEqual(['1', '2']);
    expect(rounds.map(({ outcomes }) => outcomes)).toEqual([{ reward: 1 }, {}, { reward: 0 }]);
    await expect(readAll(rewards(7))).rejects.toThrow('frame.parquet row 3: propensity: expected a probability');
  });

  it('gives features and eligible arms of a log whose contexts were encoded, and leaves out those of others', async () => {
    const lines = [
      '{"arm": "a", "reward": 1, "schema": "s:1", "features": [4096, -1], "eligible": ["a", "c"], "propensity": 1}',
      '{"arm": "b", "reward": 1, "schema": "other", "features": [4096], "propensity": 1}',
    ].join('\n');
    const { log, rounds } = await read('encoded.jsonl', lines, { encoded: 's', first: ['z', 'c'] });
    expect(log.arms).toEqual(['z', 'c', 'a']);
    expect(rounds).toMatchObject([{ arm: 2, eligible: [2, 1], features: Int16Array.of(4096, -1) }]);
    const wrong = lines.replace('4096, -1', '4096, 0.5');
    await expect(read('encoded.jsonl', wrong, { encoded: 's' })).rejects.toThrow(
      /:1: features: expected a list of whole numbers within ±4096, got \[4096,0.5\]/,
    );
    expect((await read('encoded.jsonl', lines)).rounds[0]!.features).toBeUndefined();
  });

  it('is read from the files of a folder, a day each, and not from two formats at once', async () => {
    const days = join(folder, 'days');
    mkdirSync(days);
    writeFileSync(join(days, 'day=2.jsonl.partial'), '{"arm": "b", "reward": 0}\n');
    writeFileSync(join(days, 'day=1.jsonl'), '{"arm": "a", "reward": 1}\n');
    writeFileSync(join(days, 'day=1.state.json'), '{}');
    const { rounds } = await readAll(days);
    expect(rounds.map(({ outcomes }) => outcomes['reward'])).toEqual([1, 0]);
    writeFileSync(join(days, 'day=3.jsonl'), '{"arm": "b", "propensity": 3}\n');
    await expect(readAll(days)).rejects.toThrow('day=3.jsonl:1: propensity: expected a probability');
    writeFileSync(join(days, 'day=1.csv'), 'arm\na\n');
    await expect(readAll(days)).rejects.toThrow('expected logs of one format, got csv and jsonl');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(readAll(empty)).rejects.toThrow('expected logs ending in .parquet');
  });
});
