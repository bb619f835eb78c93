import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Instruction } from './http-server.js';

export interface ServerProcess {
  readonly url: string;
  /** Resolves when it has flushed what was queued and ended. */
  stop(): Promise<void>;
}

/** @throws Error when the server ends before it listens */
export async function startServerProcess(instruction: Instruction): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)));
  const exited = once(child, 'exit');
  child.send(instruction);
  const listening = once(child, 'message') as Promise<[{ url: string }]>;
  const first = await Promise.race([listening, exited.then(([code]) => `exit code ${String(code)}`)]);
  if (typeof first === 'string') throw new Error(`the server of the benchmark did not start: ${first}`);
  return {
    url: first[0].url,
    async stop() {
      child.send('stop');
      await exited;
    },
  };
}
