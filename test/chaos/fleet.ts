/** The replicas: so many at all times, each replaced when it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startProcess } from '../support/tradewind-process.js';
import { WireProxy } from '../support/wire-proxy.js';
import { Replica } from './replica.js';

export interface FleetOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly databaseUrl: string;
  readonly postgresPort: number;
  readonly size: number;
  readonly journal: (line: string) => void;
}

/** A replica that could not start tries again after this long, as its supervisor would have it. */
const restartPauseMs = 200;
const keptLines = 200;
const clockOffset = fileURLToPath(new URL('../support/clock-offset.js', import.meta.url));

export class Fleet {
  private readonly replicas = new Set<Replica>();
  /** Proxies that no replica has at present. */
  private readonly spare: WireProxy[] = [];
  private readonly proxies: WireProxy[] = [];
  private readonly starting = new Set<Promise<unknown>>();
  private closing = false;
  private nextLife = 0;
  /** The most memory that any replica has held, in bytes. */
  peakMemory = 0;
  /** Lives that ended in order, with everything flushed. */
  readonly orderly = new Set<number>();
  /** What the replicas did that they must not do. */
  readonly violations: string[] = [];

  constructor(private readonly options: FleetOptions) {}

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.size }, () => this.add()));
  }

  /** Those that clients may ask. */
  serving(): Replica[] {
    return [...this.replicas].filter((replica) => replica.isServing);
  }

  /** Lives that have not been ended, frozen ones too. */
  living(): Replica[] {
    return [...this.replicas].filter((replica) => !replica.isEnding);
  }

  get isWhole(): boolean {
    return this.starting.size === 0 && this.serving().length >= this.options.size;
  }

  /** Whether one would be left to serve if another ended. */
  get canSpareOne(): boolean {
    return this.serving().length >= 2;
  }

  /** Starts a replica, again and again until it serves. @returns undefined when the fleet was closed before that */
  add(clockOffsetMs = 0): Promise<Replica | undefined> {
    const started = this.launch(clockOffsetMs).finally(() => this.starting.delete(started));
    this.starting.add(started);
    return started;
  }

  /** Kills a replica at once and has another take its place. @returns whether another one is needed and on its way */
  kill(replica: Replica, clockOffsetMs = 0): boolean {
    void replica.kill().then(() => this.remove(replica));
    return this.refill(clockOffsetMs);
  }

  /** Ends a replica in order and has another take its place. */
  async replace(replica: Replica): Promise<void> {
    await this.note(replica);
    const code = await replica.stop();
    if (code === 0) this.orderly.add(replica.life);
    if (code === 'late') this.violations.push(`life ${replica.life} was told to stop and did not`);
    this.remove(replica);
    this.refill(0);
  }

  /** Takes back whatever the proxies were told to do, and lets go on what stands still. */
  heal(): void {
    for (const proxy of this.proxies) proxy.heal();
    for (const replica of this.replicas) replica.thaw();
  }

  /** Waits until as many as there should be are serving. */
  async whole(patienceMs: number): Promise<void> {
    for (const end = performance.now() + patienceMs; !this.isWhole;) {
      if (performance.now() > end) throw new Error(`the replicas did not all serve again within ${patienceMs} ms`);
      await sleep(50);
    }
  }

  /** Looks at every replica. */
  async look(): Promise<void> {
    await Promise.all(this.living().map((replica) => this.note(replica)));
  }

  /** Ends all in order. */
  async stop(): Promise<void> {
    this.closing = true;
    await this.look();
    await Promise.all(this.starting);
    for (const replica of this.living()) {
      const code = await replica.stop();
      if (code === 0) this.orderly.add(replica.life);
      else
        this.violations.push(
          `a replica that was told to stop ended with ${code}: ${replica.lines.slice(-3).join(' ')}`,
        );
    }
    await this.close();
  }

  /** Ends all at once. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.replicas].map((replica) => replica.kill()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.proxies.length = 0;
  }

  /** One that ended and that nobody had ended. */
  private fell(replica: Replica): void {
    if (replica.isEnding) return;
    replica.isEnding = true;
    this.violations.push(`a replica ended by itself: ${replica.lines.slice(-5).join(' ')}`);
    this.remove(replica);
    this.refill(0);
  }

  private refill(clockOffsetMs: number): boolean {
    const coming = this.living().length + this.starting.size;
    if (this.closing || coming >= this.options.size) return false;
    void this.add(clockOffsetMs);
    return true;
  }

  private remove(replica: Replica): void {
    this.replicas.delete(replica);
    replica.proxy.heal();
    this.spare.push(replica.proxy);
  }

  private async launch(clockOffsetMs: number): Promise<Replica | undefined> {
    const proxy = this.spare.pop() ?? (await this.newProxy());
    while (!this.closing) {
      try {
        const replica = await this.tryLaunch(proxy, clockOffsetMs);
        await this.note(replica);
        this.replicas.add(replica);
        void replica.ended.then(() => this.fell(replica));
        return replica;
      } catch (error) {
        this.options.journal(`a replica could not start: ${String(error).slice(0, 500)}`);
        // The database was away, or something was done to the connection: what a supervisor meets, too.
        await sleep(restartPauseMs);
      }
    }
    return undefined;
  }

  private async tryLaunch(proxy: WireProxy, clockOffsetMs: number): Promise<Replica> {
    const { program, databaseUrl } = this.options;
    const lines: string[] = [];
    const life = this.nextLife++;
    const shifted = { nodeFlags: ['--import', clockOffset], env: { CLOCK_OFFSET_MS: String(clockOffsetMs) } };
    const process = await startProcess({
      program,
      databaseUrl: proxy.through(databaseUrl),
      ...(clockOffsetMs === 0 ? {} : shifted),
      onLine: (line) => {
        this.options.journal(`    life ${life}: ${line}`);
        lines.push(line);
        if (lines.length > keptLines) lines.shift();
      },
    });
    return new Replica({ life, process, proxy, clockOffsetMs, lines });
  }

  private async newProxy(): Promise<WireProxy> {
    const proxy = await WireProxy.start(this.options.postgresPort);
    this.proxies.push(proxy);
    return proxy;
  }

  private async note(replica: Replica): Promise<void> {
    await replica.look();
    this.peakMemory = Math.max(this.peakMemory, replica.peakMemory);
  }
}
