/** Working memory of an arena, shared by its scorers: features, their products, and results on their way out. */
import type { Arena } from './arena.js';
import { LANES } from './kernel.js';

export class Scratch {
  /** Whose features it holds; anything else has to write its own first. */
  owner: object | undefined;
  /** The features. */
  x = 0;
  /** Their products, or the coefficients of a sparse context. */
  z = 0;
  /** Offsets of a sparse context, as an index into the kernel's integers. */
  offsets = 0;
  /** Results on their way out. */
  out = 0;
  private readonly blocks: number[] = [];
  private readonly sizes = { features: LANES, products: LANES, slots: LANES };

  constructor(private readonly arena: Arena) {}

  /** Makes room; what it held is gone if it had to move. Sizes in doubles, multiples of the lanes. */
  reserve(features: number, products: number, slots: number): void {
    const { sizes } = this;
    const fits = features <= sizes.features && products <= sizes.products && slots <= sizes.slots;
    if (fits && this.blocks.length > 0) return;
    sizes.features = Math.max(features, sizes.features);
    sizes.products = Math.max(products, sizes.products);
    sizes.slots = Math.max(slots, sizes.slots);
    this.owner = undefined;
    for (const block of this.blocks.splice(0)) this.arena.release(block);
    this.x = this.take(sizes.features);
    this.z = this.take(sizes.products);
    this.offsets = 2 * this.take(sizes.products);
    this.out = this.take(sizes.slots);
  }

  private take(length: number): number {
    const start = this.arena.allocate(length);
    this.blocks.push(start);
    return start;
  }
}

const scratches = new WeakMap<Arena, Scratch>();

export function scratchOf(arena: Arena): Scratch {
  let scratch = scratches.get(arena);
  if (!scratch) scratches.set(arena, (scratch = new Scratch(arena)));
  return scratch;
}
