/** `tradewind serve` as a process of its own, on a free port, that a test can kill. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TradewindProcess {
  readonly url: string;
  readonly pid: number;
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
}

/** @throws Error with what the process wrote when it ends before it serves */
export async function startProcess(options: ProcessOptions): Promise<TradewindProcess> {
  const { program, databaseUrl, dataDir, secret } = options;
  const child = spawn(process.execPath, [join(program, 'src', 'cli', 'main.js'), 'serve', '--port', '0'], {
    env: {
      PATH: process.env['PATH'],
      TRADEWIND_LOG_LEVEL: 'warn',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...(dataDir === undefined ? {} : { TRADEWIND_DATA_DIR: dataDir }),
      ...(secret === undefined ? {} : { TRADEWIND_SECRET: secret }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lastResort = () => child.kill('SIGKILL');
  process.once('exit', lastResort);
  void once(child, 'close').then(() => process.off('exit', lastResort));
  const url = await addressOf(child);
  return {
    url,
    pid: child.pid!,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = '';
    const hear = (line: string) => {
      written = `${written}${line}\n`.slice(-4000);
      const [, url] = /Tradewind serves .* on (http:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
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
