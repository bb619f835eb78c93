/** Working memory of an arena, shared by its scorers: features, their products, and results on their way out. */
import type { Arena } from './arena.js';

export class Scratch {
  /** Whose features it holds; anything else has to write its own first. */
  owner: object | undefined;
  /** Two feature vectors, each `features` apart. */
  x = 0;
  /** Two expansions, or the coefficients of one sparse context. */
  z = 0;
  /** Offsets of a sparse context, as an index into the kernel's integers. */
  offsets = 0;
  /** Means and variances of two contexts. */
  out = 0;
  results = 0;
  private blocks: number[] = [];
  private sizes = { features: 0, products: 0, slots: 0 };

  constructor(private readonly arena: Arena) {}

  /** Makes room; what it held is gone if it had to move. Sizes in doubles, multiples of the lanes. */
  reserve(features: number, products: number, slots: number): void {
    const { sizes } = this;
    if (features <= sizes.features && products <= sizes.products && slots <= sizes.slots) return;
    sizes.features = Math.max(features, sizes.features);
    sizes.products = Math.max(products, sizes.products);
    sizes.slots = Math.max(slots, sizes.slots);
    for (const block of this.blocks) this.arena.release(block);
    this.owner = undefined;
    this.x = this.arena.allocate(2 * sizes.features);
    this.z = this.arena.allocate(2 * sizes.products);
    const offsets = this.arena.allocate(sizes.products);
    this.out = this.arena.allocate(2 * sizes.slots);
    this.results = this.arena.allocate(2 * sizes.slots);
    this.offsets = 2 * offsets;
    this.blocks = [this.x, this.z, offsets, this.out, this.results];
  }
}

const scratches = new WeakMap<Arena, Scratch>();

export function scratchOf(arena: Arena): Scratch {
  let scratch = scratches.get(arena);
  if (!scratch) scratches.set(arena, (scratch = new Scratch(arena)));
  return scratch;
}
