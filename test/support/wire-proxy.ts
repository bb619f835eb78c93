/**
 * A TCP proxy between a client and Postgres that can do to their connections what networks do: cut them, let them go
 * silent, hold them up, refuse new ones. It sees COMMIT and its answer pass, and can act at that very moment.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { asksToCommit, endsAnswer, MessageSplitter, saysCommitted, warning } from './wire-messages.js';

/**
 * Where on its way a COMMIT is met: before the server has it, when it has just been sent on, when the server says that it
 * is done and the client has not heard, or when the client has heard.
 */
export type CommitPoint = 'before' | 'sent' | 'done' | 'heard';

export interface CommitTrap {
  readonly point: CommitPoint;
  /** What is done to the connection, at once; what the trap stopped is not passed on. */
  readonly spring: (connection: ProxiedConnection) => void;
}

export interface ProxiedConnection {
  /** Ends it for both sides, with a reset. */
  cut(): void;
  /** Passes nothing on any more, in either direction, and tells neither side. */
  silence(): void;
}

export class WireProxy {
  private readonly connections = new Set<Connection>();
  private trap: CommitTrap | undefined;
  private refusing = false;
  private swallowing = false;
  private stalled = false;
  /** Warnings to put before the answers to the next COMMITs. */
  private warnings: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {}

  /** Listens on a free port of this machine. @param targetPort where Postgres listens */
  static async start(targetPort: number): Promise<WireProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new WireProxy(server, targetPort);
    server.on('connection', (socket) => proxy.accept(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The address of a database, by way of this proxy. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Meets the next COMMIT that comes to its point. @returns takes the trap away again */
  onCommit(trap: CommitTrap): () => void {
    this.trap = trap;
    return () => {
      if (this.trap === trap) this.trap = undefined;
    };
  }

  /** Puts a warning before the answer to the next COMMIT that succeeds. @param met called then @returns takes it back */
  warnOnCommit(met: () => void): () => void {
    this.warnings.push(met);
    return () => (this.warnings = this.warnings.filter((other) => other !== met));
  }

  get hasConnections(): boolean {
    return this.connections.size > 0;
  }

  /** Cuts every connection. @returns how many there were */
  cutAll(): number {
    const open = [...this.connections];
    for (const connection of open) connection.cut();
    return open.length;
  }

  /** New connections are closed as they come, until told otherwise. */
  refuse(on: boolean): void {
    this.refusing = on;
  }

  /** What is open now goes silent for good; new connections are taken and get no answer, until told otherwise. */
  swallow(on: boolean): void {
    this.swallowing = on;
    if (on) for (const connection of this.connections) connection.silence();
  }

  /** Holds everything up, in both directions, and lets it go on afterwards as if nothing had been. */
  stall(on: boolean): void {
    this.stalled = on;
    for (const connection of this.connections) connection.stall(on);
  }

  /** Takes back whatever it was told to do, and cuts what has gone silent. */
  heal(): void {
    this.trap = undefined;
    this.warnings = [];
    this.refusing = this.swallowing = false;
    this.stall(false);
    for (const connection of this.connections) if (connection.isSilent) connection.cut();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.refusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    const connection = new Connection(client, upstream, {
      takeTrap: (point) => this.takeTrap(point),
      takeWarning: () => this.warnings.shift(),
      closed: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    if (this.swallowing) connection.silence();
    if (this.stalled) connection.stall(true);
  }

  private takeTrap(point: CommitPoint): CommitTrap | undefined {
    const { trap } = this;
    if (trap?.point !== point) return undefined;
    this.trap = undefined;
    return trap;
  }
}

interface Hooks {
  takeTrap(point: CommitPoint): CommitTrap | undefined;
  takeWarning(): (() => void) | undefined;
  closed(): void;
}

class Connection implements ProxiedConnection {
  isSilent = false;
  private held = false;
  private committed = false;
  private readonly sides: readonly [client: Socket, upstream: Socket];

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly hooks: Hooks,
  ) {
    this.sides = [client, upstream];
    const asked = new MessageSplitter(true);
    const answered = new MessageSplitter(false);
    client.on('data', (bytes) => asked.push(bytes).forEach((message) => this.ask(message)));
    upstream.on('data', (bytes) => answered.push(bytes).forEach((message) => this.answer(message)));
    for (const side of this.sides) side.on('error', () => undefined);
    client.on('close', () => this.end(upstream));
    upstream.on('close', () => {
      // A silent connection doesn't tell the client that the server has gone.
      if (!this.isSilent) this.end(client);
    });
  }

  cut(): void {
    for (const side of this.sides) side.resetAndDestroy();
  }

  silence(): void {
    this.isSilent = true;
  }

  stall(on: boolean): void {
    if (on === this.held) return;
    this.held = on;
    for (const side of this.sides) {
      if (on) side.pause();
      else side.resume();
    }
  }

  private ask(message: Buffer): void {
    const commits = asksToCommit(message);
    if (commits) this.spring('before');
    this.pass(this.upstream, message);
    if (commits) this.spring('sent');
  }

  private answer(message: Buffer): void {
    if (saysCommitted(message)) {
      this.committed = true;
      this.spring('done');
      const warned = this.isSilent ? undefined : this.hooks.takeWarning();
      if (warned) {
        this.pass(this.client, warning('the transaction was committed, but not every node has confirmed it'));
        warned();
      }
    }
    this.pass(this.client, message);
    if (this.committed && endsAnswer(message)) {
      this.committed = false;
      this.spring('heard');
    }
  }

  private spring(point: CommitPoint): void {
    if (!this.isSilent) this.hooks.takeTrap(point)?.spring(this);
  }

  private pass(to: Socket, message: Buffer): void {
    if (!this.isSilent && to.writable) to.write(message);
  }

  private end(other: Socket): void {
    // What was written is still sent.
    other.destroySoon();
    this.hooks.closed();
  }
}
