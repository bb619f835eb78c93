import { readdir } from 'node:fs/promises';

import { FolderError } from './make-folder.js';

/** Ours, and what a file system puts at the root of a volume. */
const fine = new Set(['lock', 'lock.holder.json', 'lost+found']);

/**
 * A database is not begun among the files of somebody else: the folder was most likely named by mistake.
 * @param setting what the folder is chosen with, in words
 * @throws FolderError
 */
export async function refuseForeignFolder(folder: string, setting: string): Promise<void> {
  // What cannot be read, or is not there yet, is told by whoever makes it.
  const names = await readdir(folder).catch((): string[] => []);
  const foreign = names.filter((name) => !fine.has(name) && !name.startsWith('.'));
  if (names.includes('pglite') || foreign.length === 0) return;
  const listed = foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? ', …' : '');
  throw new FolderError(
    `expected a folder with a database, an empty one, or one to be made, got ${folder}, which holds ${listed}; choose another with ${setting}`,
  );
}
