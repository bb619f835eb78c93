import { Duplex } from 'node:stream';

import type { PgliteServer } from './pglite-server.js';

/** AuthenticationOk and ReadyForQuery: the whole of a greeting, for there is nobody to keep out of one's own thread. */
const greeting = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

/** Messages after which a client waits for an answer: Query, Sync, Flush. */
const asks = new Set(['Q', 'S', 'H'].map((type) => type.charCodeAt(0)));
const terminate = 'X'.charCodeAt(0);
const headerLength = 5;

/**
 * What `pg` takes for a network socket to Postgres: it gathers the messages of the client until one that waits for an
 * answer, and sends them to PGlite in one piece, so that a round trip is one change of thread each way.
 */
export class PgliteSocket extends Duplex {
  private readonly session: number;
  private greeted = false;
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly server: PgliteServer) {
    super();
    this.session = server.open(
      (bytes) => this.push(bytes),
      (error) => this.destroy(error),
    );
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.accept(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
    this.accept(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.server.end(this.session);
    done(error);
  }

  /** Socket options that have no meaning here. */
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  private accept(chunk: Buffer): void {
    if (!this.greeted) {
      this.greeted = true;
      this.push(greeting);
      return;
    }
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    this.forward();
  }

  /** Sends every message up to the last one that asks for an answer. */
  private forward(): void {
    let offset = 0;
    let asked = 0;
    while (offset + headerLength <= this.pending.length) {
      const type = this.pending[offset];
      const end = offset + 1 + this.pending.readInt32BE(offset + 1);
      if (type === terminate) return this.leave();
      if (end > this.pending.length) break;
      offset = end;
      if (asks.has(type)) asked = offset;
    }
    if (asked === 0) return;
    this.server.send(this.session, new Uint8Array(this.pending.subarray(0, asked)));
    this.pending = Buffer.from(this.pending.subarray(asked));
  }

  private leave(): void {
    this.push(null);
    this.destroy();
  }
}
