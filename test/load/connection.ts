/**
 * One kept-alive HTTP/1.1 connection with one request on it at a time. The client shares the machine with what it measures,
 * and this takes a fraction of the time of `node:http` or `fetch`; it reads only what the service writes: answers that
 * state their length.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** When the request was written, in milliseconds of `performance.now()`. */
  readonly sentAt: number;
  /** When the answer was complete. */
  readonly answeredAt: number;
}

/** A request as it goes over the wire. */
export function postRequest(url: string, path: string, body: string): Buffer {
  const { host } = new URL(url);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

interface Pending {
  readonly sentAt: number;
  readonly done: (answer: Answer | undefined) => void;
}

export class Connection {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private pending: Pending | undefined;
  private broken = false;

  /** @param onIdle told when another request may be sent @param onGone told when none can be sent any more */
  constructor(
    url: string,
    private readonly onIdle: () => void,
    onGone: () => void,
  ) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.read(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.broken = true;
      this.settle(undefined);
      onGone();
    });
  }

  get isUsable(): boolean {
    return !this.broken && !this.pending;
  }

  /** @param done told the answer, or undefined when the connection ended without one */
  send(request: Buffer, done: (answer: Answer | undefined) => void): void {
    this.pending = { sentAt: performance.now(), done };
    this.socket.write(request);
  }

  /** Gives up on a request that was sent before the moment: its answer, if one comes, has nobody to take it. */
  giveUpBefore(moment: number): void {
    if (this.pending && this.pending.sentAt < moment) this.socket.destroy();
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private read(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    // Without a length there is no telling where the answer ends.
    if (length === undefined || !this.pending) return void this.socket.destroy();
    const bodyStart = end + 4;
    const bodyEnd = bodyStart + Number(length);
    if (this.received.length < bodyEnd) return;
    const body = this.received.toString('utf8', bodyStart, bodyEnd);
    const { sentAt } = this.pending;
    this.received = this.received.subarray(bodyEnd);
    if (/\r\nconnection: *close/i.test(head)) this.broken = true;
    this.settle({ status: Number(head.slice(9, 12)), body, sentAt, answeredAt: performance.now() });
    if (this.broken) this.socket.destroy();
    else this.onIdle();
  }

  private settle(answer: Answer | undefined): void {
    const { pending } = this;
    this.pending = undefined;
    pending?.done(answer);
  }
}
