/** A Parquet file in batches of rows, so that memory holds a batch and not the file. */
import { open, type FileHandle } from 'node:fs/promises';

import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type ParquetReadOptions,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { TableError } from './table-error.js';

/** Rows that are unpacked at once. */
const batchRows = 8192;
/** A row group without an index of its pages is read anew for each batch; more often than this would cost more than it spares. */
const mostReadings = 16;

export type ParquetRecord = Readonly<Record<string, unknown>>;

export interface ParquetFile {
  /** Columns of the first level, in the file's order. */
  readonly columns: readonly SchemaTree[];
  /** Rows of the columns named. @throws TableError when the file is broken */
  batches(columns: readonly string[]): AsyncGenerator<readonly ParquetRecord[]>;
}

/** @throws TableError when it is not there, or no Parquet */
export async function openParquetFile(path: string): Promise<ParquetFile> {
  const metadata = await reading(path, (file) => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children;
  return {
    columns,
    async *batches(names) {
      const isNested = (name: string) => columns.some((c) => c.element.name === name && c.children.length > 0);
      const handle = await openHandle(path);
      try {
        const options = { file: await bufferOf(handle), metadata, compressors, useOffsetIndex: true };
        const nested = names.filter(isNested);
        const flat = names.filter((name) => !isNested(name));
        for (const group of groupsOf(metadata)) yield* batchesOf(path, options, group, flat, nested);
      } finally {
        await handle.close();
      }
    },
  };
}

/** Rows [from, to). */
interface Range {
  readonly from: number;
  readonly to: number;
}

function groupsOf({ row_groups: groups }: FileMetaData): Range[] {
  let from = 0;
  return groups.map((group) => ({ from, to: (from += Number(group.num_rows)) }));
}

/**
 * The rows of one row group. Lists and structs are unpacked for a whole row group however few of its rows are asked for,
 * so that is done once; the other columns, texts among them, come a batch at a time.
 */
async function* batchesOf(
  path: string,
  options: Pick<ParquetReadOptions, 'metadata' | 'compressors' | 'useOffsetIndex'> & { file: AsyncBuffer },
  group: Range,
  flat: readonly string[],
  nested: readonly string[],
): AsyncGenerator<readonly ParquetRecord[]> {
  const failed = ({ from, to }: Range) => {
    return (error: Error) => {
      throw new TableError(path, `rows ${from + 1} to ${to} can't be read: ${error.message}`);
    };
  };
  const whole: [string, unknown[]][] = [];
  for (const name of nested) {
    const range = { ...options, columns: [name], rowStart: group.from, rowEnd: group.to };
    const records = await parquetReadObjects(range).catch(failed(group));
    whole.push([name, records.map((record): unknown => record[name])]);
  }
  const size = Math.max(batchRows, Math.ceil((group.to - group.from) / mostReadings));
  for (let from = group.from; from < group.to; from += size) {
    const to = Math.min(group.to, from + size);
    const range = { ...options, columns: [...flat], rowStart: from, rowEnd: to };
    const rows: Record<string, unknown>[] =
      flat.length > 0
        ? await parquetReadObjects(range).catch(failed({ from, to }))
        : Array.from({ length: to - from }, () => ({}));
    for (const [name, values] of whole) rows.forEach((row, i) => (row[name] = values[from - group.from + i]));
    yield rows;
  }
}

async function reading<T>(path: string, read: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await openHandle(path);
  try {
    return await read(await bufferOf(handle));
  } catch (error) {
    throw new TableError(path, `expected a Parquet file: ${(error as Error).message}`);
  } finally {
    await handle.close();
  }
}

async function openHandle(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new TableError(path, error.code === 'ENOENT' ? 'there is no such file' : error.message);
  });
  const found = await handle.stat();
  if (found.isFile()) return handle;
  await handle.close();
  throw new TableError(path, 'expected a file, got a folder');
}

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) throw new RangeError('the file is cut off');
        filled += bytesRead;
      }
      return bytes.buffer;
    },
  };
}
