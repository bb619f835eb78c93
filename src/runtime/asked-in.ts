import type { SpanLink, Tracing } from './tracing.js';

/** In which span each thing was asked for that is done later, with others: its commit is linked to that span. */
export class AskedIn {
  private readonly links = new WeakMap<object, SpanLink>();

  constructor(private readonly tracing: Pick<Tracing, 'here'>) {}

  /** Notes the present span for each. */
  note(things: readonly object[]): void {
    const here = this.tracing.here();
    if (here) for (const thing of things) this.links.set(thing, here);
  }

  /** The spans that some things were asked for in, each once. */
  of(things: readonly object[]): Set<SpanLink> {
    const found = new Set<SpanLink>();
    for (const thing of things) {
      const link = this.links.get(thing);
      if (link) found.add(link);
    }
    return found;
  }
}
