import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';

import type { Column, Row, RowSink } from '../../../src/cli/export/columns.js';
import { dayOf, finalFrom } from '../../../src/cli/export/days.js';
import { writeFinished } from '../../../src/cli/export/finished-file.js';
import { parquetSink } from '../../../src/cli/export/parquet-sink.js';
import { csvSink, jsonlSink } from '../../../src/cli/export/text-sinks.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const columns: Column[] = [
  { name: 'p:a,b', type: 'number', nullable: true },
  { name: 'text', type: 'text' },
  { name: 'made', type: 'time' },
  { name: 'features', type: 'features' },
  { name: 'outcomes', type: 'figures' },
];
const row: Row = {
  ...{ 'p:a,b': 5e-324, text: 'a "quoted",\nbroken line', made: new Date(0) },
  ...{ features: Int16Array.of(4096, -1), outcomes: { accuracy: 0.1 } },
};
const other: Row = { ...row, 'p:a,b': null, text: 'plain' };

async function written(make: (append: (bytes: Uint8Array) => Promise<void>) => RowSink, ...pages: Row[][]) {
  let text = '';
  const sink = make((bytes) => Promise.resolve(void (text += Buffer.from(bytes).toString())));
  for (const page of pages) await sink.write(page);
  await sink.finish();
  return text;
}

describe('rows of an export', () => {
  it('are quoted in CSV where they have to be, with one header and lists as JSON', async () => {
    expect(await written((append) => csvSink(append, columns), [row], [other])).toBe(
      '"p:a,b",text,made,features,outcomes\r\n' +
        '5e-324,"a ""quoted"",\nbroken line",1970-01-01T00:00:00.000Z,"[4096,-1]","{""accuracy"":0.1}"\r\n' +
        ',plain,1970-01-01T00:00:00.000Z,"[4096,-1]","{""accuracy"":0.1}"\r\n',
    );
    expect(await written((append) => csvSink(append, columns.slice(1, 3)))).toBe('text,made\r\n');
  });

  it('are lines of JSON with every column in its place', async () => {
    const lines = (await written((append) => jsonlSink(append, columns), [row, other])).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1]!)).toEqual({
      ...{ 'p:a,b': null, text: 'plain', made: '1970-01-01T00:00:00.000Z' },
      ...{ features: [4096, -1], outcomes: { accuracy: 0.1 } },
    });
  });

  it('are handed on in row groups of Parquet, however they come', async () => {
    const path = join(folder, 'groups.parquet');
    let pieces = 0;
    await writeFinished(path, join(folder, 'unfinished'), async (append) => {
      const counted = (bytes: Uint8Array) => {
        pieces++;
        return append(bytes);
      };
      const sink = parquetSink(counted, columns, { router: 'r' });
      for (let i = 0; i < 8; i++) await sink.write(Array.from({ length: 3_000 }, () => (i % 2 === 0 ? row : other)));
      await sink.finish();
    });
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([10_000, 10_000, 4_000]);
    expect(pieces).toBe(4);
    expect(metadata.key_value_metadata).toEqual([{ key: 'router', value: 'r' }]);
    const [last] = await parquetReadObjects({ file, rowStart: 23_999, rowEnd: 24_000 });
    expect(last).toEqual({ ...other, features: [4096, -1] });
  });
});

describe('a finished file', () => {
  it('stays as it was when its next writing fails, and leaves nothing beside it', async () => {
    const own = join(folder, 'own');
    const [path, working] = [join(own, 'file'), join(own, '.work', 'unfinished')];
    await writeFinished(path, working, (append) => append(Buffer.from('first')));
    const failing = writeFinished(path, working, async (append) => {
      await append(Buffer.from('second'));
      throw new Error('the database went away');
    });
    await expect(failing).rejects.toThrow('the database went away');
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(join(own, '.work'))).toEqual([]);
  });
});

describe('a day', () => {
  it('is final a day after the feedback window of its last decision', () => {
    const day = new Date('2026-11-01T00:00:00Z');
    expect(finalFrom({}, day)).toEqual(new Date('2026-11-10T00:00:00Z'));
    expect(finalFrom({ feedback_window: '12h' }, day)).toEqual(new Date('2026-11-03T12:00:00Z'));
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', 'today', ''])('is not %j', (text) => {
    expect(() => dayOf(text)).toThrow(`expected a day (UTC) as 2026-11-23, got "${text}"`);
  });
});
