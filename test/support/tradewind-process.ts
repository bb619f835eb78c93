/** `tradewind serve` as a process of its own, on a free port, that a test can kill. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TradewindProcess {
  readonly url: string;
  readonly pid: number;
  /** Resolves with the exit code when the process has ended, however it came to that. */
  readonly ended: Promise<number | null>;
  /** SIGKILL: the process gets no chance to do anything more. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

export interface ProcessOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly secret?: string;
  /** To listen on; a free one by default. */
  readonly port?: number;
  /** Flags of Node itself, such as `--import` and a file. */
  readonly nodeFlags?: readonly string[];
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A group of its own, so that Ctrl-C reaches whoever started it and not the process as well. */
  readonly ownGroup?: boolean;
  /** Told every line that the process writes. */
  readonly onLine?: (line: string) => void;
}

/** @throws Error with what the process wrote when it ends before it serves */
export async function startProcess(options: ProcessOptions): Promise<TradewindProcess> {
  const {
    program,
    databaseUrl,
    dataDir,
    secret,
    port = 0,
    nodeFlags = [],
    env = {},
    ownGroup = false,
    onLine,
  } = options;
  const main = join(program, 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [...nodeFlags, main, 'serve', '--port', String(port)], {
    env: {
      PATH: process.env['PATH'],
      TRADEWIND_LOG_LEVEL: 'warn',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...(dataDir === undefined ? {} : { TRADEWIND_DATA_DIR: dataDir }),
      ...(secret === undefined ? {} : { TRADEWIND_SECRET: secret }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  const lastResort = () => child.kill('SIGKILL');
  process.once('exit', lastResort);
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => {
    process.off('exit', lastResort);
    return code;
  });
  const url = await addressOf(child, onLine);
  return {
    url,
    pid: child.pid!,
    ended,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  };
}

function addressOf(child: ChildProcess, onLine?: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = '';
    const hear = (line: string) => {
      written = `${written}${line}\n`.slice(-4000);
      const [, url] = /Tradewind serves .* on (http:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
      onLine?.(line);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream! }).on('line', hear);
    child.once('close', (code) => reject(new Error(`tradewind serve ended with ${code}:\n${written}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'close') as Promise<[number | null]>;
  child.kill(signal);
  return (await gone)[0];
}
