/** The text of a file in pieces, unpacked when its name ends in .gz. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { TableError } from './table-error.js';

/** @throws TableError when the file can't be read or unpacked */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of open(path)) yield decoder.decode(bytes as Uint8Array, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw new TableError(path, reason(error as NodeJS.ErrnoException));
  }
}

function open(path: string): AsyncIterable<unknown> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!path.endsWith('.gz')) return file;
  // The callback is empty, as a failure of either stream also fails the loop that reads from the second.
  return pipeline(file, createGunzip(), () => undefined);
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'EISDIR') return 'expected a file, got a folder';
  if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'expected text in UTF-8, got other bytes';
  if (error.code?.startsWith('Z_')) return `the compressed file is broken or cut off (${error.message})`;
  return error.message;
}
