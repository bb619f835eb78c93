/**
 * One memory for all scorers of a process, handed out in blocks. A WebAssembly memory reserves gigabytes of address
 * space, so a thousand routers share one. Released blocks are joined with their neighbours and handed out again.
 */
import { padded, LANES, type Kernel } from './kernel.js';
import { PlainKernel } from './plain-kernel.js';
import { WasmKernel } from './wasm-kernel.js';

interface Block {
  start: number;
  length: number;
}

/** Memory grows by at least this many doubles (1 MB), so that small scorers do not grow it one by one. */
const GROWTH = 131_072;

export class Arena {
  /** Free blocks by address; no two touch. */
  private readonly free: Block[] = [];
  private readonly taken = new Map<number, number>();
  private end: number;

  constructor(readonly kernel: Kernel) {
    // The compiler may keep data of its own at the bottom.
    this.end = 128;
    this.extend(kernel.doubles.length - this.end);
  }

  /** Doubles that are handed out. */
  get used(): number {
    let sum = 0;
    for (const length of this.taken.values()) sum += length;
    return sum;
  }

  /**
   * A block of zeros, aligned to 64 bytes. Views of the kernel's memory taken before may be detached after it.
   * @param length in doubles, ≥ 1
   * @returns its index in the kernel's doubles
   * @throws RangeError when the length is not positive or the memory cannot grow
   */
  allocate(length: number): number {
    if (!(length >= 1)) throw new RangeError(`a block needs at least 1 double, got ${length}`);
    const wanted = padded(length);
    let index = this.free.findIndex((block) => block.length >= wanted);
    if (index < 0) {
      this.grow(wanted);
      index = this.free.length - 1;
    }
    const block = this.free[index]!;
    const { start } = block;
    if (block.length === wanted) this.free.splice(index, 1);
    else this.free[index] = { start: start + wanted, length: block.length - wanted };
    this.taken.set(start, wanted);
    this.kernel.doubles.fill(0, start, start + wanted);
    return start;
  }

  /** @throws RangeError when no block starts there */
  release(start: number): void {
    const length = this.taken.get(start);
    if (length === undefined) throw new RangeError(`no block of the arena starts at ${start}`);
    this.taken.delete(start);
    this.insert({ start, length });
  }

  private grow(wanted: number): void {
    const tail = this.free.at(-1);
    const atEnd = tail && tail.start + tail.length === this.end ? tail.length : 0;
    this.kernel.grow(this.end + Math.max(wanted - atEnd, GROWTH));
    this.extend(this.kernel.doubles.length - this.end);
  }

  private extend(length: number): void {
    const whole = Math.floor(length / LANES) * LANES;
    this.insert({ start: this.end, length: whole });
    this.end += whole;
  }

  /** Puts a block among the free ones and joins it with those it touches. */
  private insert(block: Block): void {
    const { free } = this;
    let index = free.findIndex((other) => other.start > block.start);
    if (index < 0) index = free.length;
    const before = free[index - 1];
    const after = free[index];
    if (after && block.start + block.length === after.start) {
      block = { start: block.start, length: block.length + after.length };
      free.splice(index, 1);
    }
    if (before && before.start + before.length === block.start) before.length += block.length;
    else free.splice(index, 0, block);
  }
}

let shared: Arena | undefined;

/** The arena of this process, on the fastest kernel that the machine runs. */
export function sharedArena(): Arena {
  shared ??= new Arena(WasmKernel.isSupported() ? new WasmKernel() : new PlainKernel());
  return shared;
}
