import { describe, expect, it } from 'vitest';
import fc from 'fast-check';

import { CsvParser, parseCsv } from '../../../src/routing/csv.js';

const cells = (text: string) => parseCsv(text).map((record) => record.cells);

describe('the CSV parser', () => {
  it('reads quoted cells with commas, quotes and line breaks', () => {
    expect(cells('a,b\r\n"x, y","say ""hi""\nthere"\r\n')).toEqual([
      ['a', 'b'],
      ['x, y', 'say "hi"\nthere'],
    ]);
  });

  it('counts lines through quoted line breaks and skips empty lines', () => {
    const records = parseCsv('a\n"1\n2"\n\n3');
    expect(records.map((record) => record.line)).toEqual([1, 2, 5]);
    expect(records.at(-1)?.cells).toEqual(['3']);
  });

  it('keeps a line of one empty quoted cell, and empty cells', () => {
    expect(cells('""\n,\n')).toEqual([[''], ['', '']]);
  });

  it('skips a byte order mark', () => {
    expect(cells('\uFEFFa,b')).toEqual([['a', 'b']]);
  });

  it('names the line of a quote that is never closed, and of text after a quote', () => {
    expect(() => parseCsv('a\n"b\nc')).toThrow(/^line 2: a cell opens with a quote that is never closed/);
    expect(() => parseCsv('a\n"b"c')).toThrow(/^line 2: expected a comma .* got "c"/);
    expect(() => parseCsv('a\nb"c"')).toThrow(/^line 2: a quote inside a cell/);
  });

  it('gives back any table that was written, cut into pieces anywhere', () => {
    const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const table = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é') }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(table, fc.nat(50), (rows, cut) => {
        const text = rows.map((row) => row.map(quote).join(',')).join('\n');
        const parser = new CsvParser();
        const records = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut)), ...parser.end()];
        expect(records.map((record) => record.cells)).toEqual(rows);
      }),
    );
  });
});
