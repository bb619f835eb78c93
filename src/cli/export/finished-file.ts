/**
 * A file that is there whole or not at all, also after a power cut: written under another name, brought to the disk, and
 * only then given its own.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Append } from './columns.js';

/**
 * @param working where it is written meanwhile, on the same file system; what was left there by an earlier attempt goes
 * @param fill    writes the contents
 */
export async function writeFinished(
  path: string,
  working: string,
  fill: (append: Append) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(dirname(working), { recursive: true });
  const file = await open(working, 'w');
  try {
    await fill(async (bytes) => void (await file.writeFile(bytes)));
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(working, { force: true });
    throw error;
  }
  await file.close();
  await rename(working, path);
  await syncFolder(dirname(path));
}

/** The name itself is kept by the folder. Windows can't open folders, and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
