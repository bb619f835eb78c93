import { cp, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parts = ['policies', 'sim', 'src', 'migrations', 'test/support'];
const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
};

/**
 * The program as it stands in the source tree, as JavaScript that a child process can run: never the built one, which may
 * be of yesterday.
 * @returns a folder laid out like the repository; the caller removes it
 */
export async function transpileProgram(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-program-'));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const part of parts) {
    for (const entry of await readdir(join(root, part), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !entry.name.endsWith('.d.ts')) await translate(join(entry.parentPath, entry.name), folder);
    }
  }
  return folder;
}

async function translate(path: string, folder: string): Promise<void> {
  const target = join(folder, path.slice(root.length));
  await mkdir(dirname(target), { recursive: true });
  if (extname(path) !== '.ts') return cp(path, target);
  const { outputText } = ts.transpileModule(await readFile(path, 'utf8'), { compilerOptions, fileName: path });
  return writeFile(target.replace(/\.ts$/, '.js'), outputText);
}
