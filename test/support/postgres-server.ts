import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { copyPostgres } from './postgres-binaries.js';

export interface PostgresServer {
  readonly port: number;
  /** The data folder, for measuring what is in it. */
  readonly folder: string;
  url(database?: string): string;
  /** Stops the server but keeps its data; "immediate" is what a crash looks like. */
  halt(mode: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again after {@link halt}, over the same data. */
  start(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Settings for tests, where speed counts and a power cut doesn't. */
export const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Runs a Postgres of its own: own port, own folder, own user where the caller is root.
 * @param parent where its folder is made; every user may look into it
 */
export async function startPostgres(
  settings: Record<string, string> = careless,
  parent = tmpdir(),
): Promise<PostgresServer> {
  const owner = await unprivileged();
  const binaries = await copyPostgres();
  const folder = await makeCluster(binaries, owner, parent);
  const port = await freePort();
  const keeper = runKeeper({
    binaries,
    folder,
    port,
    owner,
    settings: { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', ...settings },
  });
  await keeper.ask('start', 'started');
  return {
    port,
    folder,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    halt: (mode) => keeper.ask(`stop ${mode}`, 'stopped'),
    start: () => keeper.ask('start', 'started'),
    close: () => keeper.close(),
  };
}

/** Postgres refuses to run as root; it then runs as the user that owns nothing. */
async function unprivileged(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const run = promisify(execFile);
  const id = async (flag: string) => Number((await run('id', [flag, 'nobody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

async function makeCluster(binaries: string, owner: Owner | undefined, parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'tradewind-postgres-'));
  await chmod(folder, 0o700);
  if (owner) await chown(folder, owner.uid, owner.gid);
  const flags = ['-D', folder, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
  try {
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), flags, { ...owner, cwd: folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    await rm(binaries, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function runKeeper(instructions: object) {
  const script = fileURLToPath(new URL('./postgres-keeper.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(instructions)], { detached: true });
  child.stderr.pipe(process.stderr);
  child.unref();
  const answers = createInterface({ input: child.stdout });
  return {
    ask: (command: string, expected: string) => ask(child, answers, command, expected),
    close: () => end(child),
  };
}

async function ask(
  child: ChildProcessWithoutNullStreams,
  answers: Interface,
  command: string,
  expected: string,
): Promise<void> {
  const answered = once(answers, 'line') as Promise<[string]>;
  child.stdin.write(`${command}\n`);
  const [answer] = await answered;
  if (answer !== expected) throw new Error(`the Postgres server was asked to ${command}: ${answer}`);
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  const gone = once(child, 'exit');
  // Held until it has gone: a program with nothing else to do would end before its folders are removed.
  child.ref();
  child.stdin.end();
  await gone;
}
