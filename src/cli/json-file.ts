import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { jsonFault, withoutMark } from '../routing/json-fault.js';
import { Failure } from './failures.js';

/** A file as text; `-` is standard input. @throws Failure */
export async function readTextFile(path: string): Promise<string> {
  try {
    if (path === '-') return await readStandardInput();
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(code === 'ENOENT' ? `there is no file ${path}` : `${path} can't be read: ${message}`);
  }
}

async function readStandardInput(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** @throws Failure */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = withoutMark(await readTextFile(path));
  const fault = jsonFault(text);
  if (fault === undefined) return JSON.parse(text);
  throw new Failure(`${path === '-' ? 'standard input' : path} is not JSON. ${fault}`);
}

/**
 * Asked before work that takes long, not found out after it.
 * @param paths of files to be written; those that nobody wants are undefined
 * @throws Failure when the folder of one is not there, or one is a folder itself
 */
export async function requireFoldersOf(...paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue;
    const found = await stat(dirname(path)).catch(() => undefined);
    if (!found?.isDirectory())
      throw new Failure(`${path} can't be written: there is no folder ${dirname(path)}; make the folder first`);
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw new Failure(`${path} can't be written: it is a folder; name a file in it`);
  }
}

/** @throws Failure */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw new Failure(`${path} can't be written: ${error.message}`);
  });
}
