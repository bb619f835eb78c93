/** One life of a replica: a process of `tradewind serve` that reaches Postgres by way of a proxy of its own. */
import { readFile } from 'node:fs/promises';

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

export class Replica {
  /** Whether it was told or made to end; its requests may fail from now on. */
  isEnding = false;
  private frozenAt: number | undefined;
  private lastThaw = -Infinity;

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

  /** SIGTERM. @returns the exit code */
  async stop(): Promise<number | null> {
    this.isEnding = true;
    return this.options.process.stop();
  }

  /** SIGSTOP: it stands still until thawed, and does not know that it did. */
  freeze(): void {
    this.frozenAt = performance.now();
    process.kill(this.options.process.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.frozenAt === undefined || this.isEnding) return;
    process.kill(this.options.process.pid, 'SIGCONT');
    this.frozenAt = undefined;
    this.lastThaw = performance.now();
  }

  /** The most memory that it has held so far, in bytes; undefined where the system doesn't tell. */
  async peakMemory(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.options.process.pid}/status`, 'utf8').catch(() => '');
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }
}
