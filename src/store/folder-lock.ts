import { hostname } from 'node:os';
import { join } from 'node:path';
import { open, readFile, writeFile, type FileHandle } from 'node:fs/promises';

import { tryLock } from 'fs-native-extensions';

import { Problem } from '../routing/problem.js';
import { FolderError, makeFolder } from './make-folder.js';

/** What a place is chosen with, in words, for whoever has to choose another. */
export interface PlaceSettings {
  readonly folder: string;
  readonly database: string;
}
export const serviceSettings: PlaceSettings = {
  folder: '--data-dir or TRADEWIND_DATA_DIR',
  database: 'DATABASE_URL',
};

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a second process out of a data folder. PGlite itself does not: two processes over one folder lose rows without
 * a word. The operating system holds the lock on an open file and drops it when the process ends, however it ends, so
 * there is no stale lock to clean up. Who holds it is written in a file of its own, since some systems refuse others
 * even the reading of a locked one.
 * @param refusal what is thrown where somebody else, in words, has it
 * @param setting what the folder is chosen with, in words
 * @throws Problem 'store-locked' by default; FolderError where the folder cannot be made or written to
 */
export async function lockFolder(
  folder: string,
  refusal: (holder: string) => Error = (holder) => locked(folder, holder),
  setting = serviceSettings.folder,
): Promise<FolderLock> {
  const file = await openIn(folder).catch((error: unknown) => {
    throw unusable(folder, error, setting);
  });
  const holderPath = join(folder, 'lock.holder.json');
  if (!granted(file)) {
    await file.close();
    throw refusal(await readHolder(holderPath));
  }
  await writeFile(holderPath, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  return { release: () => file.close() };
}

async function openIn(folder: string): Promise<FileHandle> {
  await makeFolder(folder);
  return open(join(folder, 'lock'), 'a+');
}

/** The path at fault may be a parent's; the system's own words name it. */
function unusable(folder: string, error: unknown, setting: string): FolderError {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EEXIST: 'is a file',
    ENOTDIR: 'lies under a file',
    EACCES: 'may not be made or written to by this user',
    EPERM: 'may not be made or written to by this user',
    EROFS: 'is on a file system that is only for reading',
    ENOENT: 'cannot be made where it lies',
    ENOSPC: 'has no space left on its disk',
  };
  const reason = reasons[code ?? ''];
  const words = reason === undefined ? message : `${path ?? folder} ${reason} (${code})`;
  return new FolderError(
    `expected a folder that can be made and written to, got ${folder}: ${words}; choose another with ${setting}`,
    { cause: error },
  );
}

function granted(file: FileHandle): boolean {
  return tryLock(file.fd);
}

async function readHolder(path: string): Promise<string> {
  try {
    const { pid, host, since } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return `process ${String(pid)} on ${String(host)} since ${String(since)}`;
  } catch {
    return 'another process';
  }
}

export function locked(folder: string, holder: string, settings = serviceSettings): Problem {
  return new Problem(
    'store-locked',
    `the data folder ${folder} is in use by ${holder}; stop that process, choose another folder with ` +
      `${settings.folder}, or set ${settings.database} to share one Postgres among processes`,
  );
}
