import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

import { checkTable } from '../../../../sim/table/check-table.js';
import { narrowTable, openTable } from '../../../../sim/table/open-table.js';
import type { TableFilter, TableRow } from '../../../../sim/table/table.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** Writes a table (and its companion) and gives its path. */
function write(ending: string, content: string | Buffer, models?: unknown): string {
  const name = join(folder, `t${files++}`);
  writeFileSync(`${name}${ending}`, content);
  if (models !== undefined) writeFileSync(`${name}.models.json`, JSON.stringify(models));
  return `${name}${ending}`;
}

async function read(path: string, filter?: TableFilter): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of (await openTable(path)).rows(filter)) rows.push(row);
  return rows;
}

/** The message of the error, without the folder. */
async function failure(path: string): Promise<string> {
  const error = await read(path).then(
    () => undefined,
    (reason: Error) => reason,
  );
  return String(error?.message).replace(/^.*\/t\d+/, '');
}

const csv = `id,split,task,prompt,score:small,score:large,cost_usd:small,cost_usd:large
1,train,maths,"What is 7 × 8,
really?",1,1,0.00002,0.0006
2,test,poetry,,0.7,0.8,,0.0005
`;

describe('a table', () => {
  it('is read from CSV that a person can write', async () => {
    const rows = await read(write('.csv', csv));
    expect(rows).toEqual([
      {
        line: 2,
        id: '1',
        split: 'train',
        task: 'maths',
        prompt: 'What is 7 × 8,\nreally?',
        outcomes: { accuracy: Float64Array.of(1, 1), cost_usd: Float64Array.of(0.00002, 0.0006) },
      },
      {
        line: 4,
        id: '2',
        split: 'test',
        task: 'poetry',
        outcomes: { accuracy: Float64Array.of(0.7, 0.8), cost_usd: Float64Array.of(NaN, 0.0005) },
      },
    ]);
  });

  it('is the same from JSONL by model name, from JSONL with a companion, and packed', async () => {
    const byName = '{"task":"a","score":{"small":1,"large":0.5}}\n\n{"score":{"large":1,"small":0}}';
    const arrays = '{"task":"a","score":[1,0.5]}\n\n{"score":[0,1]}\n';
    const models = [{ model: 'small' }, { model: 'large', energy_j_per_output_token: null, note: 'ignored' }];
    const expected = [
      { line: 1, id: '1', task: 'a', outcomes: { accuracy: Float64Array.of(1, 0.5) } },
      { line: 3, id: '3', outcomes: { accuracy: Float64Array.of(0, 1) } },
    ];
    expect(await read(write('.jsonl', byName))).toEqual(expected);
    expect(await read(write('.jsonl', arrays, models))).toEqual(expected);
    expect(await read(write('.jsonl.gz', gzipSync(arrays), models))).toEqual(expected);
  });

  it('gives energy as tokens times joules per token, unless the row has measured energy', async () => {
    const models = [{ model: 'a', energy_j_per_output_token: 0.5 }, { model: 'b' }];
    const tokens = '{"score":[1,1],"tokens_out":[100,40]}';
    const measured = '{"score":[1,1],"tokens_out":[100,40],"energy_j":[7,8]}';
    const [first] = await read(write('.jsonl', tokens, models));
    expect(first!.outcomes.energy_j).toEqual(Float64Array.of(50, NaN));
    const [second] = await read(write('.jsonl', measured, models));
    expect(second!.outcomes.energy_j).toEqual(Float64Array.of(7, 8));
    const [third] = await read(write('.jsonl', tokens, [{ model: 'a' }, { model: 'b' }]));
    expect(third!.outcomes.energy_j).toBeUndefined();
  });

  it('describes its models', async () => {
    const path = write('.csv', csv, [
      { model: 'large', price_in_usd_per_mtok: 1 },
      { model: 'small', energy_j_per_output_token: 0.1, price_out_usd_per_mtok: 0.2 },
    ]);
    expect((await openTable(path)).models).toEqual([
      { name: 'small', energy_j_per_output_token: 0.1, price_out_usd_per_mtok: 0.2 },
      { name: 'large', price_in_usd_per_mtok: 1 },
    ]);
  });

  it('gives the rows of some splits, and as many as asked for', async () => {
    const path = write('.csv', csv);
    expect((await read(path, { splits: ['test'] })).map((row) => row.id)).toEqual(['2']);
    expect((await read(path, { splits: ['test', 'train'], limit: 1 })).map((row) => row.id)).toEqual(['1']);
    expect(await read(path, { limit: 0 })).toEqual([]);
  });

  it('can be narrowed to some of its models, in another order', async () => {
    const narrow = narrowTable(await openTable(write('.csv', csv)), ['large']);
    expect(narrow.models.map((model) => model.name)).toEqual(['large']);
    const scores: number[] = [];
    for await (const row of narrow.rows()) scores.push(...row.outcomes.accuracy);
    expect(scores).toEqual([1, 0.8]);
    expect(() => narrowTable(narrow, ['small'])).toThrow('there is no model "small"; the table has large');
  });

  it('is read row by row: an error further down does not stop the rows before it', async () => {
    const path = write('.jsonl', '{"score":{"a":1}}\n{"score":{"a":2}}\n');
    expect(await read(path, { limit: 1 })).toHaveLength(1);
    await expect(read(path)).rejects.toThrow(':2: score[0]: expected a number from 0 to 1, got 2; is it percent?');
  });
});

describe('a table that is wrong', () => {
  const models = [{ model: 'a' }, { model: 'b' }];
  it.each([
    ['{"score":[1]}', ':1: score: expected 2 values, one per model, got 1'],
    ['{"score":[1,null]}', ':1: score[1]: expected a score in [0, 1] for every model, got none'],
    ['{"task":"x"}', ':1: score: expected a score in [0, 1] for every model'],
    ['{"score":[1,"0.5"]}', ':1: score[1]: expected a number from 0 to 1, got "0.5"'],
    ['{"score":[1,1],"cost_usd":[-1,0]}', ':1: cost_usd[0]: expected a number from 0 to 100, got -1'],
    ['{"score":[1,1e999]}', ':1: score[1]: expected a number from 0 to 1, got Infinity'],
    ['{"score":{"a":1,"c":1}}', ':1: score: unknown model "c"; the table has a, b'],
    ['{"score":7}', ':1: score: expected a value per model, got 7'],
    ['{"score":[1,1],"task":3}', ':1: task: expected text, got 3'],
    ['[1]', ':1: expected a JSON object'],
    ['\n{"score":[1,1]', ':2: not JSON'],
  ])('names the line and column in %s', async (line, message) => {
    expect(await failure(write('.jsonl', line, models))).toContain(`.jsonl${message}`);
  });

  it.each([
    ['score:a,score:b\n1,73\n', ':2: column 2 (score:b): expected a number from 0 to 1, got 73; is it percent?'],
    ['score:a,score:b\n1,\n', ':2: column 2 (score:b): expected a score'],
    ['score:a,score:b\n1,many\n', ':2: column 2 (score:b): expected a number from 0 to 1, got "many"'],
    ['score:a\n1\n1,2\n', ':3: column 2: expected 1 cells as in the header, got 2'],
    ['score:a,cost\n1,2\n', ':1: column 2: expected id, split, task, prompt, or a figure'],
    ['score:a,score:a\n', ':1: column 2: "score:a" is there twice'],
    ['id,task\n', ':1: expected a column per model as score:small'],
    ['score:a,cost_usd:b\n', ':1: "b" has cost_usd but no column score:b'],
    ['score:a\n"1\n', ':2: a cell opens with a quote'],
    ['', ': expected a header line, got an empty file'],
  ])('names the line and column in the CSV %j', async (content, message) => {
    expect(await failure(write('.csv', content))).toContain(`.csv${message}`);
  });

  it('says what to do when the models have no names', async () => {
    expect(await failure(write('.jsonl', '{"score":[1]}'))).toContain('the models have no names; write score as');
    expect(await failure(write('.jsonl', ''))).toContain('empty file');
  });

  it('names what is wrong in the companion', async () => {
    const line = '{"score":[1]}';
    expect(await failure(write('.jsonl', line, {}))).toContain('.models.json: expected an array');
    expect(await failure(write('.jsonl', line, [{ name: 'a' }]))).toContain(
      '.models.json: [0].model: expected the name',
    );
    expect(await failure(write('.jsonl', line, [{ model: 'a', energy_j_per_output_token: '1' }]))).toContain(
      '[0].energy_j_per_output_token: expected a number from 0, got "1"',
    );
    expect(await failure(write('.jsonl', line, [{ model: 'a' }, { model: 'a' }]))).toContain('"a" is there twice');
    expect(await failure(write('.csv', 'score:a\n1', [{ model: 'b' }]))).toContain('has a model "a" that is not here');
  });

  it('says so when the file is missing, of another kind, cut off or no text', async () => {
    expect(await failure(join(folder, 'none.csv'))).toContain('there is no such file');
    expect(await failure(write('.xlsx', 'x'))).toContain('expected a file ending in .jsonl');
    const packed = gzipSync('{"score":{"a":1}}\n'.repeat(1000));
    expect(await failure(write('.jsonl.gz', packed.subarray(0, 60)))).toContain('broken or cut off');
    expect(await failure(write('.csv', Buffer.from([0xff, 0xfe, 0x41])))).toContain('expected text in UTF-8');
  });

  it('is checked to the end, with every fault', async () => {
    const lines = [
      '{"task":"x","split":"s","prompt":"p","score":{"a":1}}',
      '{"score":{"a":5}}',
      'no',
      '{"score":{"a":0}}',
    ];
    const report = await checkTable(write('.jsonl', lines.join('\n')), 1);
    expect(report).toMatchObject({ rows: 2, wrong: 2, prompts: 1 });
    expect(report.faults.map((fault) => fault.line)).toEqual([2]);
    expect([...report.tasks]).toEqual([
      ['x', 1],
      ['', 1],
    ]);
    expect([...report.splits.keys()]).toEqual(['s', '']);
  });
});

const shared = (name: string) => fileURLToPath(new URL(`../../../../../shared/data/${name}`, import.meta.url));

describe.skipIf(!existsSync(shared('paretobandit-k3.jsonl.gz')))('the tables of ../shared/data', () => {
  it('give the published means', async () => {
    const rows = await read(shared('paretobandit-k3.jsonl.gz'), { splits: ['test'] });
    const mean = (model: number) => rows.reduce((sum, row) => sum + row.outcomes.accuracy[model]!, 0) / rows.length;
    const best = rows.reduce((sum, row) => sum + Math.max(...row.outcomes.accuracy), 0) / rows.length;
    // Published with four digits.
    expect([mean(0), mean(1), mean(2), best].map((value) => value.toFixed(4))).toEqual([
      '0.7931',
      '0.9231',
      '0.9322',
      '0.9633',
    ]);
  });

  it('know the energy of eleven of thirteen models', async () => {
    const [row] = await read(shared('mmlu-pro-13.jsonl.gz'), { limit: 1 });
    expect(row!.outcomes.energy_j!.filter((energy) => !Number.isNaN(energy))).toHaveLength(11);
  });
});
