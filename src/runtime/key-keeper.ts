/** The key ring of a replica, kept up with the keys that others made: one may sign with a key before all have heard of it. */
import { Problem } from '../routing/problem.js';
import type { TokenPayload } from '../routing/token.js';
import { cutToken } from './cut-token.js';
import { KeyRing, type SigningKey } from './key-ring.js';

/** Anybody can send tokens of keys that don't exist; the store is asked no more often than this for them. */
const leastPauseMs = 1_000;

export class KeyKeeper {
  private ring: KeyRing;
  private readAt = -Infinity;

  /**
   * @param keys  newest first, at least one
   * @param read  reads them anew; undefined for keys that the operator gave, which stay
   * @param clock milliseconds since 1970
   */
  constructor(
    keys: readonly SigningKey[],
    private readonly read: (() => Promise<readonly SigningKey[]>) | undefined,
    private readonly clock: () => number,
  ) {
    this.ring = new KeyRing(keys);
  }

  sign(payload: TokenPayload): string {
    return this.ring.sign(payload);
  }

  /** @throws Problem 'invalid-token' | 'database-unavailable' when the key could not be looked for */
  verify(token: string): TokenPayload | Promise<TokenPayload> {
    const now = this.clock();
    const worthAsking = this.read && Math.abs(now - this.readAt) >= leastPauseMs && !this.ring.holdsKeyOf(token);
    if (!worthAsking) return this.check(token);
    this.readAt = now;
    return this.follow().then(() => this.check(token));
  }

  private check(token: string): TokenPayload {
    try {
      return this.ring.verify(token);
    } catch (error) {
      const foreign = error instanceof Problem && error.code === 'invalid-token';
      throw (foreign ? cutToken(token) : undefined) ?? error;
    }
  }

  async follow(): Promise<void> {
    if (this.read) this.ring = new KeyRing(await this.read());
  }
}
