/**
 * Rows as Parquet: Snappy, one row group per 10,000 rows, so that neither writing nor reading holds more than that. Lists
 * and maps are the standard three-level ones. The same rows give the same bytes.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';

import type { Append, Column, ColumnType, Row, RowSink } from './columns.js';

const groupRows = 10_000;

/** @param metadata written into the footer, by name */
export function parquetSink(
  append: Append,
  columns: readonly Column[],
  metadata: Readonly<Record<string, string>>,
): RowSink {
  const bytes = new FlushedWriter(append);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    createdBy: 'tradewind',
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  let group: Row[] = [];
  const writeGroup = async () => {
    if (group.length === 0) return;
    const columnData = columns.map((column) => ({
      name: column.name,
      data: group.map((row) => stored(column.type, row[column.name])),
    }));
    group = [];
    await writer.write({ columnData, rowGroupSize: groupRows });
  };
  return {
    async write(rows) {
      for (const row of rows) {
        group.push(row);
        if (group.length === groupRows) await writeGroup();
      }
    },
    async finish() {
      await writeGroup();
      await writer.finish();
    },
  };
}

/** Hands over what was written after each row group, and at the end. */
class FlushedWriter extends ByteWriter {
  constructor(private readonly append: Append) {
    super();
  }

  async flush(): Promise<void> {
    const written = this.getBytes().slice();
    this.index = 0;
    await this.append(written);
  }

  override finish(): Promise<void> {
    return this.flush();
  }
}

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const elements: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  id: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  text,
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
  texts: text,
  numbers: { type: 'DOUBLE' },
  features: { type: 'INT32', converted_type: 'INT_16' },
  figures: { type: 'DOUBLE' },
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [{ name: 'rows', num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf({ name, type, nullable }: Column): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  const element = elements[type];
  if (type === 'texts' || type === 'numbers' || type === 'features')
    return [
      { name, repetition_type, num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { ...element, name: 'element', repetition_type: 'REQUIRED' },
    ];
  if (type === 'figures')
    return [
      { name, repetition_type, num_children: 1, converted_type: 'MAP' },
      { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
      { ...text, name: 'key', repetition_type: 'REQUIRED' },
      { ...element, name: 'value', repetition_type: 'REQUIRED' },
    ];
  return [{ ...element, name, repetition_type }];
}

/** A value as the writer wants it. */
function stored(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'integer') return BigInt(value as number);
  if (type === 'features' || type === 'numbers') return [...(value as Iterable<number>)];
  return value;
}
