/** A log in several files of one folder, in the order of their names: a file a day, as an export writes them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TableError } from '../../table/table-error.js';
import type { RawLog } from './raw-round.js';

/** The format that the name of a log says; `.partial` is a day that an export wrote before it was final. */
export const formatOf = (path: string): string | undefined =>
  /\.(csv|jsonl)(?:\.gz)?(?:\.partial)?$/i.exec(path)?.[1]?.toLowerCase() ??
  /\.(parquet)(?:\.partial)?$/i.exec(path)?.[1]?.toLowerCase();

/**
 * @param open opens one file
 * @throws TableError when it holds no log, or logs of several formats, which may be the same log twice
 */
export async function openFolderLog(path: string, open: (file: string) => RawLog): Promise<RawLog> {
  const files = (await readdir(path)).filter((name) => formatOf(name) !== undefined).sort();
  const kinds = new Set(files.map(formatOf));
  if (files.length === 0) throw new TableError(path, 'expected logs ending in .parquet, .jsonl or .csv, got none');
  if (kinds.size > 1) throw new TableError(path, `expected logs of one format, got ${[...kinds].join(' and ')}`);
  return {
    path,
    async *records() {
      for (const name of files) {
        const file = join(path, name);
        for await (const record of open(file).records()) yield { ...record, path: file };
      }
    },
  };
}
