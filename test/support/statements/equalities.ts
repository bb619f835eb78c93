/** What a statement says is equal: columns of its tables, and values that it was given. */

/** `2.router`: the column of the third table of the statement. */
export type Term = string;

export class Equalities {
  private readonly parents = new Map<Term, Term>();
  private readonly values = new Map<Term, unknown>();

  equate(a: Term, b: Term): void {
    const [x, y] = [this.root(a), this.root(b)];
    if (x === y) return;
    this.parents.set(x, y);
    if (this.values.has(x) && !this.values.has(y)) this.values.set(y, this.values.get(x));
  }

  give(term: Term, value: unknown): void {
    this.values.set(this.root(term), value);
  }

  areEqual(a: Term, b: Term): boolean {
    return this.root(a) === this.root(b);
  }

  /** The value that a term is fixed to; undefined where it is fixed to none. */
  valueOf(term: Term): unknown {
    return this.values.get(this.root(term));
  }

  private root(term: Term): Term {
    let at = term;
    for (let up = this.parents.get(at); up !== undefined; up = this.parents.get(at)) at = up;
    return at;
  }
}
