/** Rows as JSONL and as CSV (RFC 4180). */
import type { Append, Column, ColumnType, Row, RowSink } from './columns.js';

export function jsonlSink(append: Append, columns: readonly Column[]): RowSink {
  const line = (row: Row) =>
    JSON.stringify(Object.fromEntries(columns.map(({ name, type }) => [name, plain(type, row[name])])));
  return {
    write: (rows) => append(Buffer.from(rows.map((row) => `${line(row)}\n`).join(''))),
    finish: () => Promise.resolve(),
  };
}

/** Lists and objects are cells of JSON; null is an empty cell. */
export function csvSink(append: Append, columns: readonly Column[]): RowSink {
  let header: string | undefined = `${columns.map(({ name }) => quoted(name)).join(',')}\r\n`;
  const line = (row: Row) => columns.map(({ name, type }) => cell(type, row[name])).join(',');
  const flush = async (text: string) => {
    await append(Buffer.from(`${header ?? ''}${text}`));
    header = undefined;
  };
  return {
    write: (rows) => flush(rows.map((row) => `${line(row)}\r\n`).join('')),
    finish: () => (header === undefined ? Promise.resolve() : flush('')),
  };
}

function plain(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'features' || type === 'numbers') return [...(value as Iterable<number>)];
  return value;
}

function cell(type: ColumnType, value: unknown): string {
  const known = plain(type, value);
  if (known === null) return '';
  if (known instanceof Date) return known.toISOString();
  return quoted(typeof known === 'object' ? JSON.stringify(known) : String(known));
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
