import { hostname } from 'node:os';
import { join } from 'node:path';
import { mkdir, open, readFile, writeFile, type FileHandle } from 'node:fs/promises';

import { tryLock } from 'fs-native-extensions';

import { Problem } from '../routing/problem.js';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a second process out of a data folder. PGlite itself does not: two processes over one folder lose rows without
 * a word. The operating system holds the lock on an open file and drops it when the process ends, however it ends, so
 * there is no stale lock to clean up. Who holds it is written in a file of its own, since some systems refuse others
 * even the reading of a locked one.
 * @param refusal what is thrown where somebody else, in words, has it
 * @throws Problem 'store-locked' by default
 */
export async function lockFolder(
  folder: string,
  refusal: (holder: string) => Error = (holder) => locked(folder, holder),
): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, 'lock'), 'a+');
  const holderPath = join(folder, 'lock.holder.json');
  if (!granted(file)) {
    await file.close();
    throw refusal(await readHolder(holderPath));
  }
  await writeFile(holderPath, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  return { release: () => file.close() };
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

function locked(folder: string, holder: string): Problem {
  return new Problem(
    'store-locked',
    `the data folder ${folder} is in use by ${holder}; stop that process, choose another folder with ` +
      `TRADEWIND_DATA_DIR, or set DATABASE_URL to share one Postgres among processes`,
  );
}
