import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { SchemaElement } from 'hyparquet';
import { parquetWriteFile, type ColumnSource } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';

import { checkTable } from '../../../../sim/table/check-table.js';
import { openTable } from '../../../../sim/table/open-table.js';
import type { TableRow } from '../../../../sim/table/table.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const next = () => join(folder, `t${files++}.parquet`);

interface WriteOptions {
  readonly schema?: SchemaElement[];
  readonly models?: readonly string[];
  readonly rowGroupSize?: number;
  readonly codec?: 'GZIP';
}

function write(columnData: ColumnSource[], { models, codec, ...options }: WriteOptions = {}): string {
  const filename = next();
  const packed = codec && { codec, compressors: { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) } };
  parquetWriteFile({ filename, columnData, ...options, ...packed });
  if (models)
    writeFileSync(filename.replace('.parquet', '.models.json'), JSON.stringify(models.map((model) => ({ model }))));
  return filename;
}

async function read(path: string): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of (await openTable(path)).rows()) rows.push(row);
  return rows;
}

async function failure(path: string): Promise<string> {
  const error = await read(path).then(
    () => undefined,
    (reason: Error) => reason,
  );
  return String(error?.message).replace(/^.*\/t\d+/, '');
}

const doubles = (name: string, data: (number | null)[]): ColumnSource => ({ name, data, type: 'DOUBLE' });
const tasks: ColumnSource = { name: 'task', data: ['maths', null], type: 'STRING' };

const list = (name: string): SchemaElement[] => [
  { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];
const struct = (name: string, members: readonly string[]): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: members.length },
  ...members.map((member): SchemaElement => ({ name: member, type: 'DOUBLE', repetition_type: 'OPTIONAL' })),
];
const map = (name: string): SchemaElement[] => [
  { name, converted_type: 'MAP', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
  { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'value', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];
const only = (columns: SchemaElement[]): SchemaElement[] => [{ name: 'root', num_children: 1 }, ...columns];

describe('a table as Parquet', () => {
  it('is read from columns named as in CSV; what is null or not a number is not known', async () => {
    const path = write([
      { name: 'id', data: [7n, 8n], type: 'INT64' },
      tasks,
      doubles('score:small', [1, 0.25]),
      doubles('score:large', [1, 0.75]),
      doubles('cost_usd:small', [null, 0.125]),
      doubles('cost_usd:large', [0.5, NaN]),
    ]);
    expect(await read(path)).toEqual([
      {
        line: 1,
        id: '7',
        task: 'maths',
        outcomes: { accuracy: Float64Array.of(1, 1), cost_usd: Float64Array.of(NaN, 0.5) },
      },
      {
        line: 2,
        id: '8',
        outcomes: { accuracy: Float64Array.of(0.25, 0.75), cost_usd: Float64Array.of(0.125, NaN) },
      },
    ]);
  });

  it('is the same from a struct, from a map, and from a list with a companion', async () => {
    const expected = [
      { line: 1, id: '1', outcomes: { accuracy: Float64Array.of(1, 0.5) } },
      { line: 2, id: '2', outcomes: { accuracy: Float64Array.of(0, 1) } },
    ];
    const byName = [
      { small: 1, large: 0.5 },
      { small: 0, large: 1 },
    ];
    const entries = byName.map((score) => Object.entries(score).map(([key, value]) => ({ key, value })));
    const structs = write([{ name: 'score', data: byName }], { schema: only(struct('score', ['small', 'large'])) });
    const maps = write([{ name: 'score', data: entries }], {
      schema: only(map('score')),
    });
    const lists = write([{ name: 'score', data: byName.map(({ small, large }) => [small, large]) }], {
      schema: only(list('score')),
      models: ['small', 'large'],
    });
    for (const path of [structs, maps, lists]) {
      expect((await openTable(path)).models.map(({ name }) => name)).toEqual(['small', 'large']);
      expect(await read(path)).toEqual(expected);
    }
  });

  it('goes on through row groups and batches in the order of the file', async () => {
    const scores = Array.from({ length: 20_000 }, (_, i) => i / 20_000);
    for (const rowGroupSize of [3000, 20_000]) {
      const rows = await read(write([doubles('score:a', scores)], { rowGroupSize }));
      expect(rows.map(({ outcomes }) => outcomes.accuracy[0])).toEqual(scores);
      expect(rows.at(-1)!.line).toBe(20_000);
    }
  });

  it('may be compressed otherwise than by snappy', async () => {
    const rows = await read(write([doubles('score:a', new Array(5000).fill(0.5))], { codec: 'GZIP' }));
    expect(rows).toHaveLength(5000);
    expect(rows[4999]!.outcomes.accuracy).toEqual(Float64Array.of(0.5));
  });

  it('without rows has none', async () => {
    expect(await read(write([doubles('score:a', [])]))).toEqual([]);
  });
});

describe('a table as Parquet that is wrong', () => {
  it('is told by row and column, across row groups', async () => {
    const scores = Array.from({ length: 9000 }, (_, i) => (i === 8500 ? 73 : 1));
    const path = write([doubles('score:a', scores)], { rowGroupSize: 4000 });
    expect(await failure(path)).toBe(
      '.parquet row 8501: score:a: expected a number from 0 to 1, got 73; is it percent?',
    );
    const report = await checkTable(path);
    expect(report).toMatchObject({ rows: 8999, wrong: 1 });
  });

  it.each<[string, ColumnSource[], WriteOptions]>([
    [' row 2: score:a: expected a score in [0, 1] for every model, got none', [doubles('score:a', [1, null])], {}],
    [': price: expected id, split, task, prompt, or a figure', [doubles('score:a', [1]), doubles('price', [1])], {}],
    [': expected a column per model as score:small, or one column score', [tasks], {}],
    [': cost_usd:b: "b" has cost_usd but no score', [doubles('score:a', [1]), doubles('cost_usd:b', [1])], {}],
    [': score: the models of a list have no names', [{ name: 'score', data: [[1]] }], { schema: only(list('score')) }],
    [
      ' row 2: score: expected 2 values, one per model, got 1',
      [{ name: 'score', data: [[1, 1], [1]] }],
      { schema: only(list('score')), models: ['a', 'b'] },
    ],
    [
      ' row 1: score[1] (b): expected a number from 0 to 1, got 5',
      [{ name: 'score', data: [[1, 5]] }],
      { schema: only(list('score')), models: ['a', 'b'] },
    ],
    [
      ' row 1: score:a: expected a number from 0 to 1, got "good"',
      [{ name: 'score:a', data: ['good'], type: 'STRING' }],
      {},
    ],
  ])('says%s', async (message, columns, options) => {
    expect(await failure(write(columns, options))).toContain(`.parquet${message}`);
  });

  it('is read as far as it is asked for: broken bytes further down stop only who comes to them', async () => {
    const scores = Array.from({ length: 3000 }, (_, i) => (i * 0.618) % 1);
    const path = write([doubles('score:a', scores)], { rowGroupSize: 1000 });
    const bytes = readFileSync(path);
    const middle = bytes.length >> 1;
    bytes.fill(0xff, middle - 500, middle);
    writeFileSync(path, bytes);
    const first: TableRow[] = [];
    for await (const row of (await openTable(path)).rows({ limit: 900 })) first.push(row);
    expect(first).toHaveLength(900);
    expect(await failure(path)).toMatch(/^\.parquet: rows 1001 to 2000 can't be read/);
  });

  it('says so when it is no Parquet, broken, cut off, missing or a folder', async () => {
    const path = next();
    writeFileSync(path, 'score:a\n1\n');
    expect(await failure(path)).toContain('.parquet: expected a Parquet file');
    writeFileSync(path, '');
    expect(await failure(path)).toContain('.parquet: expected a Parquet file');
    expect(await failure(join(folder, 'none.parquet'))).toContain('there is no such file');
    await expect(openTable(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow('or .parquet');
  });
});
