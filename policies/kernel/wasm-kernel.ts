/** The kernel of `assembly/kernel.ts`, on WebAssembly with 128-bit SIMD. */
import { binary } from './binary.js';
import type { Kernel } from './kernel.js';

/** What is used of WebAssembly; the ECMAScript library that policies compile against does not know it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmGlobal {
  validate(bytes: Uint8Array): boolean;
  Memory: new (limits: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
declare const WebAssembly: WasmGlobal | undefined;

type Exports = Pick<Kernel, 'expand' | 'dots' | 'sparseDots' | 'products'>;

const PAGE_DOUBLES = 65_536 / 8;

export class WasmKernel implements Kernel {
  readonly name = 'wasm';
  doubles: Float64Array;
  integers: Int32Array;
  shorts: Int16Array;
  readonly expand: Kernel['expand'];
  readonly dots: Kernel['dots'];
  readonly sparseDots: Kernel['sparseDots'];
  readonly products: Kernel['products'];
  private readonly memory: WasmMemory;

  /** Whether this machine runs the kernel; without SIMD it does not validate. */
  static isSupported(): boolean {
    return typeof WebAssembly !== 'undefined' && WebAssembly.validate(binary);
  }

  /** @throws RangeError where {@link isSupported} is false */
  constructor() {
    if (!WasmKernel.isSupported()) throw new RangeError('WebAssembly with SIMD is needed; use the plain kernel');
    const { Memory, Module, Instance } = WebAssembly!;
    this.memory = new Memory({ initial: 1 });
    const exports = new Instance(new Module(binary), { env: { memory: this.memory } }).exports as Exports;
    this.expand = exports.expand;
    this.dots = exports.dots;
    this.sparseDots = exports.sparseDots;
    this.products = exports.products;
    this.doubles = new Float64Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
    this.shorts = new Int16Array(this.memory.buffer);
  }

  grow(length: number): void {
    const pages = Math.ceil((length - this.doubles.length) / PAGE_DOUBLES);
    if (pages <= 0) return;
    this.memory.grow(pages);
    // Growing detaches every view of the old buffer.
    this.doubles = new Float64Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
    this.shorts = new Int16Array(this.memory.buffer);
  }
}
