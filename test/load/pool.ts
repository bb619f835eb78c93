/** Connections to one server, opened as they are needed; requests beyond them wait in line, and not for ever. */
import { Connection, type Answer } from './connection.js';

export interface PoolOptions {
  readonly connections: number;
  /** A request that was not sent so long after it was due is given up, as its user would. */
  readonly patienceMs: number;
  /** A request without an answer so long after it was sent is given up, and its connection with it. */
  readonly timeoutMs: number;
}

interface Waiting {
  readonly request: Buffer;
  readonly dueAt: number;
  readonly done: (answer: Answer | undefined) => void;
}

const sweepMs = 100;

export class Pool {
  private readonly connections = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private line: Waiting[] = [];
  /** Where the line begins; what lies before it was sent. */
  private head = 0;
  private readonly sweeping: NodeJS.Timeout;

  constructor(
    private readonly url: string,
    private readonly options: PoolOptions,
  ) {
    this.sweeping = setInterval(() => this.sweep(), sweepMs);
  }

  /** @param dueAt in milliseconds of `performance.now()` @param done told undefined when there was no answer */
  send(request: Buffer, dueAt: number, done: (answer: Answer | undefined) => void): void {
    this.line.push({ request, dueAt, done });
    this.advance();
  }

  async close(): Promise<void> {
    clearInterval(this.sweeping);
    for (const { done } of this.line.splice(this.head)) done(undefined);
    this.head = 0;
    this.line = [];
    await Promise.all([...this.connections].map((connection) => connection.close()));
  }

  private advance(): void {
    while (this.head < this.line.length) {
      const connection = this.free();
      if (!connection) return;
      const { request, done } = this.line[this.head++]!;
      connection.send(request, done);
    }
    this.line = [];
    this.head = 0;
  }

  private free(): Connection | undefined {
    for (let known = this.idle.pop(); known; known = this.idle.pop()) if (known.isUsable) return known;
    return this.connections.size < this.options.connections ? this.open() : undefined;
  }

  private open(): Connection {
    const connection: Connection = new Connection(
      this.url,
      () => {
        this.idle.push(connection);
        this.advance();
      },
      () => this.connections.delete(connection),
    );
    this.connections.add(connection);
    return connection;
  }

  private sweep(): void {
    const now = performance.now();
    for (const connection of this.connections) connection.giveUpBefore(now - this.options.timeoutMs);
    while (this.head < this.line.length && this.line[this.head]!.dueAt < now - this.options.patienceMs) {
      this.line[this.head++]!.done(undefined);
    }
    this.line = this.line.slice(this.head);
    this.head = 0;
    this.advance();
  }
}
