import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A folder cannot be had, or what is in it cannot be read; the message is complete in itself. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/**
 * Makes a folder and its parents. Node's own recursive mkdir tries for ever where a parent is there and yet a child
 * of it cannot be made for ENOENT, as in /proc; here parents are made one by one, and each is tried twice at most.
 * @throws Error of the system for the folder that could not be made
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await mkdir(path).catch(async (again: unknown) => {
      // Another process may have been faster.
      if (!(await isFolder(path))) throw again;
    });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
