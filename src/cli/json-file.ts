import { readFile, writeFile } from 'node:fs/promises';

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
  const text = await readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${path} is not JSON: ${(error as Error).message}`);
  }
}

/** @throws Failure */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw new Failure(`${path} can't be written: ${error.message}`);
  });
}
