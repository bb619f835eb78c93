import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { report } from '../../../src/cli/failures.js';
import { lockFolder } from '../../../src/store/folder-lock.js';
import { makeFolder } from '../../../src/store/make-folder.js';
import { openStore } from '../../../src/store/open-store.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-folders-'));
const file = join(folder, 'file');
writeFileSync(file, 'text');
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command line says of a data folder. */
async function saidOf(dataDir: string): Promise<{ code: number; said: string }> {
  let said = '';
  const error = await openStore({ dataDir }).catch((refusal: unknown) => refusal);
  return { code: report(error, (line) => (said += line)), said };
}

describe('a folder to be made', () => {
  it('is made with its parents, by several at once', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'd'))]);
    expect(statSync(path).isDirectory()).toBe(true);
    await makeFolder(path);
  });

  it.skipIf(!existsSync('/proc/self'))('is refused where a parent takes no children', async () => {
    await expect(makeFolder('/proc/nope')).rejects.toThrow('ENOENT');
    await expect(makeFolder('/proc/nope/deeper')).rejects.toThrow('ENOENT');
  });
});

describe('a data folder that cannot be used', () => {
  it.each([
    ['is a file', file],
    ['lies under a file', join(file, 'data')],
  ])('is named without a stack where it %s', async (reason, path) => {
    const { code, said } = await saidOf(path);
    expect(code).toBe(1);
    expect(said).toContain(`got ${path}: ${path} ${reason}`);
    expect(said).toContain('choose another with --data-dir or TRADEWIND_DATA_DIR');
    expect(said).not.toMatch(/\n|Error/);
  });

  it.skipIf(process.getuid?.() === 0)('is named without a stack where it may not be made', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const { code, said } = await saidOf(join(closed, 'data'));
    expect(code).toBe(1);
    expect(said).toContain('may not be made or written to by this user (EACCES)');
    expect(said).not.toContain('\n');
  });

  it('is refused where it holds the files of somebody else, and left as it is', async () => {
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign);
    for (const name of ['.gitkeep', 'photo.jpg']) writeFileSync(join(foreign, name), '');
    const { code, said } = await saidOf(foreign);
    expect(code).toBe(1);
    expect(said).toContain(`got ${foreign}, which holds photo.jpg; choose another with --data-dir`);
    expect(existsSync(join(foreign, 'lock'))).toBe(false);
  });

  it('is named with what can be done where its database is damaged', async () => {
    const dataDir = join(folder, 'damaged');
    mkdirSync(join(dataDir, 'pglite'), { recursive: true });
    writeFileSync(join(dataDir, 'pglite', 'PG_VERSION'), '17\n');
    const { code, said } = await saidOf(dataDir);
    expect(code).toBe(1);
    expect(said).toContain(`the embedded database in ${join(dataDir, 'pglite')} did not start`);
    expect(said).toContain('restore a copy of the folder');
    expect(said).not.toContain('\n');
    // Whoever mends the folder may open it afterwards: it is not held.
    await (await lockFolder(dataDir)).release();
  });
});
