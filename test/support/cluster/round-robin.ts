/**
 * A load balancer in a hundred lines: each request to the next server, and to the one after that where nobody answers.
 * What `compose.yaml` leaves to nginx, for machines without a container engine.
 */
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  close(): Promise<void>;
}

/** The largest body that the service reads is 256 MiB of state; a balancer that asks again has to keep it. */
const mostBytes = 256 * 2 ** 20;
/** A server that did not answer is asked last for so long. */
const shunMs = 2_000;

/** @param servers their addresses @param port 0 takes a free one */
export async function startRoundRobin(servers: readonly string[], port = 0, host = '127.0.0.1'): Promise<RoundRobin> {
  const balancer = new Balancer(servers);
  const server = createServer((incoming, outgoing) => void balancer.serve(incoming, outgoing));
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${host}:${taken}`, close: () => closeAll(server, balancer) };
}

async function closeAll(server: Server, balancer: Balancer): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  balancer.close();
  await closed;
}

class Balancer {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly shunnedUntil = new Map<string, number>();
  private turn = 0;

  constructor(private readonly servers: readonly string[]) {}

  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.on('error', () => undefined);
    const body = await bodyOf(incoming);
    if (!body) return void outgoing.writeHead(413).end();
    for (const server of this.inTurn()) {
      // Every request of the service may be repeated; one that was half answered may not.
      if (await this.forward(server, incoming, body, outgoing)) return;
      this.shunnedUntil.set(server, Date.now() + shunMs);
    }
    outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('no server answers\n');
  }

  close(): void {
    this.agent.destroy();
  }

  /** All of them, beginning with the next; those that did not answer of late at the end. */
  private inTurn(): string[] {
    const from = this.turn++ % this.servers.length;
    const all = [...this.servers.slice(from), ...this.servers.slice(0, from)];
    const isShunned = (server: string) => (this.shunnedUntil.get(server) ?? 0) > Date.now();
    return [...all.filter((server) => !isShunned(server)), ...all.filter(isShunned)];
  }

  /** @returns false when the server did not begin to answer */
  private forward(
    server: string,
    { method = 'GET', url = '/', headers }: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const { 'transfer-encoding': _chunked, ...kept } = headers;
      const options = { method, agent: this.agent, headers: { ...kept, 'content-length': String(body.length) } };
      const asked = request(new URL(url, server), options, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
        resolve(true);
      });
      asked.on('error', () => resolve(false));
      asked.end(body);
    });
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
