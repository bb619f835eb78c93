/** A Parquet file in batches of rows, so that memory holds a batch and not the file. */
import { open, type FileHandle } from 'node:fs/promises';

import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
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
      const nested = columns.some(({ element, children }) => names.includes(element.name) && children.length > 0);
      const handle = await openHandle(path);
      try {
        const file = await bufferOf(handle);
        for (const [rowStart, rowEnd] of ranges(metadata, nested)) {
          const options = { file, metadata, columns: [...names], rowStart, rowEnd, compressors, useOffsetIndex: true };
          yield await parquetReadObjects(options).catch((error: Error) => {
            throw new TableError(path, `rows ${rowStart + 1} to ${rowEnd} can't be read: ${error.message}`);
          });
        }
      } finally {
        await handle.close();
      }
    },
  };
}

/**
 * Half-open ranges of rows, none across two row groups.
 * @param nested lists and structs are unpacked a whole row group at a time, however few of its rows are asked for
 */
function* ranges({ row_groups: groups }: FileMetaData, nested: boolean): Generator<readonly [number, number]> {
  let start = 0;
  for (const group of groups) {
    const end = start + Number(group.num_rows);
    const rows = nested ? end - start : Math.max(batchRows, Math.ceil((end - start) / mostReadings));
    for (let from = start; from < end; from += rows) yield [from, Math.min(end, from + rows)];
    start = end;
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
