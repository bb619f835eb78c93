/** One life of a replica: a process of `tradewind serve` that reaches Postgres by way of a proxy of its own. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { WireProxy } from '../support/wire-proxy.js';
import type { TradewindProcess } from '../support/tradewind-process.js';

export interface ReplicaOptions {
  readonly life: number;
  readonly process: TradewindProcess;
  readonly proxy: WireProxy;
  /** How far its clock is off. */
  readonly clockOffsetMs: number;
  /** The last lines that it wrote; more are put at the end. */
  readonly lines: readonly string[];
}

/** How often {@link Replica.look} is to be called, and how many looks are remembered: longer than any time-out. */
export const lookEveryMs = 1_000;
const looksKept = 60;
/** A replica gives its requests ten seconds and what is queued ten more; the rest is for a machine that is busy. */
const stopPatienceMs = 60_000;

interface Look {
  readonly at: number;
  /** How long its main thread had waited for a processor by then, in milliseconds. */
  readonly waitedMs: number;
}

export class Replica {
  /** Whether it was told or made to end; its requests may fail from now on. */
  isEnding = false;
  private frozenAt: number | undefined;
  private lastThaw = -Infinity;
  private readonly looks: Look[] = [];
  /** The most memory that it was seen to hold, in bytes. */
  peakMemory = 0;

  constructor(private readonly options: ReplicaOptions) {}

  get life(): number {
    return this.options.life;
  }

  get pid(): number {
    return this.options.process.pid;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<unknown> {
    return this.options.process.ended;
  }

  get url(): string {
    return this.options.process.url;
  }

  get proxy(): WireProxy {
    return this.options.proxy;
  }

  get clockOffsetMs(): number {
    return this.options.clockOffsetMs;
  }

  get lines(): readonly string[] {
    return this.options.lines;
  }

  /** Whether clients should send it anything. */
  get isServing(): boolean {
    return !this.isEnding && this.frozenAt === undefined;
  }

  get isFrozen(): boolean {
    return this.frozenAt !== undefined;
  }

  /** Whether it stood still at any time since `performance.now()` was `since`. */
  stoodStill(since: number): boolean {
    return this.frozenAt !== undefined || this.lastThaw >= since;
  }

  /** SIGKILL, sent before this returns. */
  async kill(): Promise<void> {
    this.isEnding = true;
    this.frozenAt = undefined;
    await this.options.process.kill();
  }

  /** SIGTERM, and SIGKILL if that does not end it. @returns the exit code, or 'late' */
  async stop(): Promise<number | null | 'late'> {
    this.isEnding = true;
    this.thaw();
    const late = new AbortController();
    const patience = sleep(stopPatienceMs, 'late' as const, { signal: late.signal }).catch(() => 'late' as const);
    const ended = await Promise.race([this.options.process.stop(), patience]);
    late.abort();
    if (ended === 'late') await this.kill();
    return ended;
  }

  /** SIGSTOP: it stands still until thawed, and does not know that it did. */
  freeze(): void {
    this.frozenAt = performance.now();
    process.kill(this.options.process.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.frozenAt === undefined) return;
    // One that was told to stop while it stood still has yet to hear of it.
    process.kill(this.options.process.pid, 'SIGCONT');
    this.frozenAt = undefined;
    this.lastThaw = performance.now();
  }

  /** Sees how much memory it holds and how long it waits for a processor, where the system tells. */
  async look(): Promise<void> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
    if (kilobytes !== undefined) this.peakMemory = Math.max(this.peakMemory, Number(kilobytes) * 1024);
    this.looks.push({ at: performance.now(), waitedMs: await this.waited() });
    if (this.looks.length > looksKept) this.looks.shift();
  }

  /** How long its main thread has waited for a processor since then, at most; in milliseconds. */
  async starvedSince(since: number): Promise<number> {
    const before = this.looks.filter(({ at }) => at <= since).at(-1)?.waitedMs ?? 0;
    return (await this.waited()) - before;
  }

  /** The second number of `schedstat`, in nanoseconds: runnable, but not running. */
  private async waited(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/schedstat`, 'utf8').catch(() => '');
    return Number(text.split(' ')[1] ?? 0) / 1e6;
  }
}
