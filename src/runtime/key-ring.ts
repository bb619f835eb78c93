/**
 * Signs and checks feedback tokens. The first key signs; every key checks, so that a key can be rotated without
 * refusing tokens that are still out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

import { ByteWriter } from '../routing/bytes.js';
import { Problem } from '../routing/problem.js';
import {
  decodeToken,
  macLength,
  tokenScope,
  writeTokenBody,
  writeTokenScope,
  type TokenPayload,
  type TokenScope,
} from '../routing/token.js';
import { HmacSha256 } from './hmac.js';
import { LruCache } from './lru-cache.js';

export interface SigningKey {
  readonly id: string;
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
}

/** A scope as its tokens begin with it, and the MAC under the key that is made of it. */
interface ScopeSigner extends TokenScope {
  readonly prefix: Uint8Array;
  readonly mac: HmacSha256;
}

/** Scopes whose key is kept for checking: routers times their latest revisions. Others are made anew. */
const keptScopes = 10_000;

export class KeyRing {
  private readonly keys: ReadonlyMap<string, HmacSha256>;
  private readonly signing: SigningKey;
  /** By router; a router of another revision or schema takes the place of its former self. */
  private readonly signers = new Map<string, ScopeSigner>();
  /** By the bytes of the scope, as Latin-1. */
  private readonly checkers = new LruCache<HmacSha256>(keptScopes);
  private readonly writer = new ByteWriter();
  private written = Buffer.from(this.writer.storage.buffer);

  /** @param keys newest first, at least one */
  constructor(keys: readonly SigningKey[]) {
    const [signing] = keys;
    if (!signing) throw new RangeError('a key ring needs at least one key');
    const short = keys.find(({ secret }) => secret.length < 32);
    if (short) throw new RangeError(`a signing key has at least 32 bytes; key ${short.id} has ${short.secret.length}`);
    this.signing = signing;
    this.keys = new Map(keys.map(({ id, secret }) => [id, new HmacSha256(secret)]));
  }

  /** Writes where the last token was written: a new array for each takes longer than to fill it. */
  sign(payload: TokenPayload): string {
    const { writer } = this;
    const { prefix, mac } = this.signerOf(payload);
    writer.clear();
    writer.raw(prefix);
    writeTokenBody(writer, payload);
    writer.raw(mac.digest(writer.storage, prefix.length, writer.size), macLength);
    if (this.written.buffer !== writer.storage.buffer) this.written = Buffer.from(writer.storage.buffer);
    return this.written.toString('base64url', 0, writer.size);
  }

  /** @throws Problem 'invalid-token' for a token that is altered, cut, of another service or no token at all */
  verify(token: string): TokenPayload {
    const bytes = Buffer.from(token, 'base64url');
    // Decoding skips what is not base64url; only the one true form of a token is taken.
    if (bytes.toString('base64url') !== token || bytes.length <= macLength) throw refused('it is not a whole token');
    const signed = bytes.subarray(0, -macLength);
    const { keyId, end } = tokenScope(signed);
    const key = this.keys.get(keyId);
    if (!key) throw refused(`it was signed with key "${keyId}", which this service does not hold`);
    const mac = this.checkerOf(key, bytes.toString('latin1', 0, end), signed.subarray(0, end));
    const expected = mac.digest(signed, end).subarray(0, macLength);
    if (!timingSafeEqual(expected, bytes.subarray(-macLength))) throw refused('its signature is wrong');
    return decodeToken(signed);
  }

  /** Whether the key that a token names is held; a text that names none is not a matter of keys. */
  holdsKeyOf(token: string): boolean {
    try {
      return this.keys.has(tokenScope(Buffer.from(token, 'base64url')).keyId);
    } catch {
      return true;
    }
  }

  private signerOf(scope: TokenScope): ScopeSigner {
    const known = this.signers.get(scope.router);
    if (known && sameScope(known, scope)) return known;
    const { id } = this.signing;
    this.writer.clear();
    writeTokenScope(this.writer, id, scope);
    const prefix = this.writer.finish();
    const { tenant, router, schema, revision } = scope;
    const signer = { tenant, router, schema, revision, prefix, mac: scopeKey(this.keys.get(id)!, prefix) };
    this.signers.set(router, signer);
    return signer;
  }

  private checkerOf(key: HmacSha256, name: string, scope: Uint8Array): HmacSha256 {
    const known = this.checkers.get(name);
    if (known) return known;
    const mac = scopeKey(key, scope);
    this.checkers.set(name, mac, 1);
    return mac;
  }
}

const sameScope = (a: TokenScope, b: TokenScope): boolean =>
  a.revision === b.revision && a.schema === b.schema && a.tenant === b.tenant;

const scopeKey = (key: HmacSha256, scope: Uint8Array): HmacSha256 => new HmacSha256(key.digest(scope).slice());

/** A key of a secret that the operator gave; its id says which secret it was without telling it. */
export function keyOfSecret(secret: string): SigningKey {
  const bytes = createHash('sha256').update('tradewind feedback token').update(secret, 'utf8').digest();
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), secret: bytes };
}

const refused = (why: string): Problem =>
  new Problem('invalid-token', `expected a feedback token as /v1/route gave it, whole and unaltered; ${why}`);
