/** A file system of its own in memory for the database, small, so that it can be full. Only root can mount one, on Linux. */
import { execFile, execFileSync } from 'node:child_process';
import { rmdirSync } from 'node:fs';
import { chmod, mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const wholeSize = '1g';
const attempts = 20;

export class SmallDisk {
  /** For a process that ends before it came to unmount. */
  private readonly lastResort = () => {
    execFileSync('umount', ['-l', this.folder]);
    rmdirSync(this.folder);
  };

  private constructor(readonly folder: string) {
    process.once('exit', this.lastResort);
  }

  /** @returns undefined where this process may not mount */
  static async mount(): Promise<SmallDisk | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'tradewind-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${wholeSize},mode=755`, 'tmpfs', folder]);
      await chmod(folder, 0o755);
      return new SmallDisk(folder);
    } catch {
      await rmdir(folder);
      return undefined;
    }
  }

  /** Makes it as small as what is on it. @returns whether that was possible */
  async fill(): Promise<boolean> {
    // More may be written between the look and the cut; then the system refuses, and it is looked at again.
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { blocks, bfree, bsize } = await statfs(this.folder);
      const cut = await this.resize(String((blocks - bfree) * bsize)).catch(() => false);
      if (cut) return true;
    }
    return false;
  }

  async free(): Promise<void> {
    await this.resize(wholeSize);
  }

  async unmount(): Promise<void> {
    process.off('exit', this.lastResort);
    await run('umount', ['-l', this.folder]);
    await rmdir(this.folder);
  }

  private async resize(size: string): Promise<true> {
    await run('mount', ['-o', `remount,size=${size}`, this.folder]);
    return true;
  }
}
