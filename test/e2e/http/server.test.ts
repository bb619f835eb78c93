import { afterEach, describe, expect, test } from 'vitest';

import { buildApp } from '../../../src/http/app.js';
import { startServer, stopOnSignals, type RunningServer } from '../../../src/http/server.js';
import type { Service } from '../../../src/runtime/service.js';
import { fixedAnswer, stubService } from '../../support/stub-service.js';

const question = JSON.stringify({ router: 'default', context: { task: 'sentiment' } });
const ask = (url: string) =>
  fetch(`${url}/v1/route`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: question });

interface Gate {
  readonly arrived: Promise<void>;
  readonly open: () => void;
  readonly through: Promise<void>;
}

/** Lets a test know that a request is being answered, and decide when it is. */
function gate(): Gate {
  let open!: () => void;
  let arrive!: () => void;
  const through = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  return {
    arrived,
    open,
    get through() {
      arrive();
      return through;
    },
  };
}

async function start(does: Partial<Service> = {}, shutdownSeconds = 5) {
  const service = stubService(does);
  const app = buildApp({ service });
  return { app, service, server: await startServer({ app, service, host: '127.0.0.1', port: 0, shutdownSeconds }) };
}

describe('a server that stops', () => {
  test('finishes what is in flight, takes no more, then flushes the service and ends with 0', async () => {
    const held = gate();
    const order: string[] = [];
    const { server } = await start({
      async route() {
        await held.through;
        order.push('answered');
        return fixedAnswer;
      },
      async close() {
        order.push('flushed');
      },
    });
    const inFlight = ask(server.url);
    await held.arrived;
    const stopping = server.stop();
    await expect(ask(server.url)).rejects.toThrow();
    held.open();
    expect((await inFlight).status).toBe(200);
    expect(await stopping).toBe(0);
    expect(order).toEqual(['answered', 'flushed']);
  });

  test('cuts what does not finish in time, flushes all the same, and ends with 1', async () => {
    const held = gate();
    let flushed = false;
    const { server } = await start(
      {
        async route() {
          await held.through;
          return fixedAnswer;
        },
        async close() {
          flushed = true;
        },
      },
      0.2,
    );
    const inFlight = ask(server.url);
    const cut = expect(inFlight).rejects.toThrow();
    await held.arrived;
    expect(await server.stop()).toBe(1);
    await cut;
    expect(flushed).toBe(true);
    held.open();
  });

  test('ends with 1 when the service cannot flush, or does not in time', async () => {
    const failing = await start({
      close: () => Promise.reject(new Error('disk full')),
    });
    expect(await failing.server.stop()).toBe(1);
    const hanging = await start({ close: () => new Promise<never>(() => undefined) }, 0.2);
    expect(await hanging.server.stop()).toBe(1);
  });

  test('stops once, however often it is told', async () => {
    let closed = 0;
    const { server } = await start({
      async close() {
        closed++;
      },
    });
    expect(await Promise.all([server.stop(), server.stop(), server.stop()])).toEqual([0, 0, 0]);
    expect(closed).toBe(1);
  });

  test('a port that is taken is explained', async () => {
    const { server, service } = await start();
    const port = Number(new URL(server.url).port);
    const second = buildApp({ service });
    const attempt = startServer({ app: second, service, host: '127.0.0.1', port, shutdownSeconds: 1 });
    await expect(attempt).rejects.toThrow(/another process listens there.*--port/);
    await second.close();
    await server.stop();
  });
});

describe('signals', () => {
  afterEach(() => {
    process.removeAllListeners('SIGTERM');
    process.removeAllListeners('SIGINT');
  });

  test('the first stops in order, the second at once', async () => {
    const { app } = await start();
    const codes: number[] = [];
    let finish!: (code: number) => void;
    const stopped = new Promise<number>((resolve) => (finish = resolve));
    const server: RunningServer = { url: '', stop: () => stopped };
    stopOnSignals(server, app, (code) => codes.push(code));
    process.emit('SIGTERM');
    expect(codes).toEqual([]);
    process.emit('SIGINT');
    expect(codes).toEqual([130]);
    finish(0);
    await stopped;
    await new Promise(setImmediate);
    expect(codes).toEqual([130, 0]);
    await app.close();
  });
});
