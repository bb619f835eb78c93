/**
 * A process that listens: it takes a port, and on a signal stops accepting, lets requests in flight finish, flushes
 * the service, and ends. The application itself is `app.ts`.
 */
import type { FastifyInstance } from 'fastify';

import type { Service } from '../runtime/service.js';

export interface ServerOptions {
  readonly app: FastifyInstance;
  readonly service: Service;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How long requests in flight may take after `stop` before their connections are cut, and then how long flushing may. */
  readonly shutdownSeconds: number;
}

export interface RunningServer {
  /** Such as http://127.0.0.1:8080. */
  readonly url: string;
  /** Stops once, however often it is called. @returns the exit code: 0, or 1 when something was cut off or not flushed */
  stop(): Promise<number>;
}

/** @throws Error when the port is taken or may not be used, saying what to do */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { app, host, port } = options;
  const url = await app.listen({ host, port }).catch((error: unknown) => {
    throw explained(error, host, port);
  });
  let stopping: Promise<number> | undefined;
  return { url, stop: () => (stopping ??= stop(options)) };
}

/**
 * Ends the process on SIGTERM or SIGINT after an orderly stop; a second signal ends it at once.
 * @param exit process.exit, or a stand-in for tests
 */
export function stopOnSignals(server: RunningServer, app: FastifyInstance, exit: (code: number) => void): void {
  let asked = false;
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    process.on(signal, () => {
      if (asked) return exit(code);
      asked = true;
      app.log.info({ signal }, 'stopping: no new connections, requests in flight may finish; once more ends at once');
      void server.stop().then(exit);
    });
  }
}

async function stop({ app, service, shutdownSeconds }: ServerOptions): Promise<number> {
  let code = 0;
  const cut = setTimeout(() => {
    app.log.warn({ shutdownSeconds }, 'requests were still in flight; their connections are cut');
    code = 1;
    app.server.closeAllConnections();
  }, shutdownSeconds * 1000);
  // A connection that was busy when the server closed is kept alive by its client afterwards; nobody else ends it.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  try {
    await app.close();
  } catch (error) {
    app.log.error({ err: error }, 'the server did not close as it should');
    code = 1;
  }
  clearInterval(sweep);
  clearTimeout(cut);
  try {
    await within(shutdownSeconds, service.close());
  } catch (error) {
    app.log.error({ err: error }, 'what was queued could not be flushed');
    code = 1;
  }
  return code;
}

/** @throws Error when it takes longer than that; what is not flushed by then was never acknowledged */
async function within(seconds: number, closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the service did not close within ${seconds} s`)), seconds * 1000);
  });
  await Promise.race([closing, late]).finally(() => clearTimeout(timer));
}

/** The address cannot be had; the message is complete in itself. */
class ListenError extends Error {
  override readonly name = 'ListenError';
}

function explained(error: unknown, host: string, port: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  const help: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process listens there; stop it, or choose another with PORT or --port',
    EACCES: 'ports below 1024 need privileges; choose a higher one with PORT or --port',
    EADDRNOTAVAIL: 'this machine has no such address; set HOST or --host to one it has',
    ENOTFOUND: 'the name has no address; set HOST or --host to one of this machine',
  };
  const words = help[code ?? ''] ?? String((error as Error).message);
  return new ListenError(`Cannot listen on ${host}:${port}: ${words}`, { cause: error });
}
