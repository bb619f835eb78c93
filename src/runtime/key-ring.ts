/**
 * Signs and checks feedback tokens. The first key signs; every key checks, so that a key can be rotated without
 * refusing tokens that are still out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

import { Problem } from '../routing/problem.js';
import { decodeToken, encodeToken, macLength, tokenKeyId, type TokenPayload } from '../routing/token.js';
import { HmacSha256 } from './hmac.js';

export interface SigningKey {
  readonly id: string;
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
}

export class KeyRing {
  private readonly keys: ReadonlyMap<string, HmacSha256>;
  private readonly signing: SigningKey;

  /** @param keys newest first, at least one */
  constructor(keys: readonly SigningKey[]) {
    const [signing] = keys;
    if (!signing) throw new RangeError('a key ring needs at least one key');
    const short = keys.find(({ secret }) => secret.length < 32);
    if (short) throw new RangeError(`a signing key has at least 32 bytes; key ${short.id} has ${short.secret.length}`);
    this.signing = signing;
    this.keys = new Map(keys.map(({ id, secret }) => [id, new HmacSha256(secret)]));
  }

  sign(payload: TokenPayload): string {
    const signed = encodeToken(this.signing.id, payload);
    const token = Buffer.allocUnsafe(signed.length + macLength);
    token.set(signed);
    token.set(this.mac(this.signing.id, signed), signed.length);
    return token.toString('base64url');
  }

  /** @throws Problem 'invalid-token' for a token that is altered, cut, of another service or no token at all */
  verify(token: string): TokenPayload {
    const bytes = Buffer.from(token, 'base64url');
    // Decoding skips what is not base64url; only the one true form of a token is taken.
    if (bytes.toString('base64url') !== token || bytes.length <= macLength) throw refused('it is not a whole token');
    const signed = bytes.subarray(0, -macLength);
    const keyId = tokenKeyId(signed);
    if (!this.keys.has(keyId)) throw refused(`it was signed with key "${keyId}", which this service does not hold`);
    if (!timingSafeEqual(this.mac(keyId, signed), bytes.subarray(-macLength))) throw refused('its signature is wrong');
    return decodeToken(signed);
  }

  /** Whether the key that a token names is held; a text that names none is not a matter of keys. */
  holdsKeyOf(token: string): boolean {
    try {
      return this.keys.has(tokenKeyId(Buffer.from(token, 'base64url')));
    } catch {
      return true;
    }
  }

  private mac(keyId: string, signed: Uint8Array): Uint8Array {
    return this.keys.get(keyId)!.digest(signed).subarray(0, macLength);
  }
}

/** A key of a secret that the operator gave; its id says which secret it was without telling it. */
export function keyOfSecret(secret: string): SigningKey {
  const bytes = createHash('sha256').update('tradewind feedback token').update(secret, 'utf8').digest();
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), secret: bytes };
}

const refused = (why: string): Problem =>
  new Problem('invalid-token', `expected a feedback token as /v1/route gave it, whole and unaltered; ${why}`);
