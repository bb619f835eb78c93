/** Keeps what was used last, up to a total size. */
export class LruCache<V> {
  private readonly entries = new Map<string, { readonly value: V; readonly size: number }>();
  private used = 0;

  /** @param capacity  total size of all values, in the unit of `set` */
  constructor(private readonly capacity: number) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to the end, the oldest is first.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** A value larger than the whole capacity isn't kept. */
  set(key: string, value: V, size: number): void {
    this.remove(key);
    if (size > this.capacity) return;
    this.entries.set(key, { value, size });
    this.used += size;
    for (const oldest of this.entries.keys()) {
      if (this.used <= this.capacity) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    this.used -= this.entries.get(key)?.size ?? 0;
    this.entries.delete(key);
  }
}
