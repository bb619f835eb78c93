/**
 * A feedback token carries everything that learning from an outcome needs, so that feedback works without a look-up,
 * before the decision is logged and on any replica, and cannot be forged.
 *
 * Layout: scope | body | MAC. The scope, version (1 byte), key id, tenant, router, schema and revision, is the same for
 * thousands of tokens, so it is signed once: a key is made of it, HMAC-SHA-256 of the scope under the signing key, and the
 * MAC is that of the body under this key (16 bytes of HMAC-SHA-256, truncated as RFC 2104, section 5 allows).
 * This file knows the layout; keys and the MAC itself are the runtime's.
 */
import { ByteReader, readFeatures, writeFeatures, type ByteWriter } from './bytes.js';
import { Problem } from './problem.js';
import { uuidBytes, uuidText } from './uuid.js';

export const tokenVersion = 1;
export const macLength = 16;

/** What all tokens of one revision of a router have in common. */
export interface TokenScope {
  readonly tenant: string;
  readonly router: string;
  readonly schema: string;
  readonly revision: number;
}

export interface TokenPayload extends TokenScope {
  /** UUIDv7: tells the time of the decision. */
  readonly decisionId: string;
  readonly arm: string;
  readonly propensity: number;
  readonly epoch: number;
  readonly features: Int16Array;
}

export function writeTokenScope(writer: ByteWriter, keyId: string, scope: TokenScope): void {
  writer.byte(tokenVersion);
  writer.ascii(keyId);
  writer.ascii(scope.tenant);
  writer.ascii(scope.router);
  writer.ascii(scope.schema);
  writer.varint(scope.revision);
}

const idBytes = new Uint8Array(16);

export function writeTokenBody(writer: ByteWriter, payload: TokenPayload): void {
  writer.raw(uuidBytes(payload.decisionId, idBytes));
  writer.ascii(payload.arm);
  writer.float64(payload.propensity);
  writer.varint(payload.epoch);
  writeFeatures(writer, payload.features);
}

/**
 * Which key signed, and where the body begins: read before anything else is believed.
 * @param token without or with its MAC
 * @throws Problem 'invalid-token'
 */
export function tokenScope(token: Uint8Array): {
  readonly keyId: string;
  readonly scope: TokenScope;
  readonly end: number;
} {
  return reading(() => {
    const reader = new ByteReader(token);
    return { ...readScope(reader), end: reader.position };
  });
}

/** @param signed scope and body, whose MAC has been checked @throws Problem 'invalid-token' */
export function decodeToken(signed: Uint8Array): TokenPayload {
  return reading(() => {
    const reader = new ByteReader(signed);
    const payload: TokenPayload = {
      ...readScope(reader).scope,
      decisionId: uuidText(reader.raw(16)),
      arm: reader.ascii(),
      propensity: reader.float64(),
      epoch: reader.varint(),
      features: readFeatures(reader),
    };
    if (!reader.atEnd) throw new RangeError('there are bytes left at its end');
    return payload;
  });
}

function readScope(reader: ByteReader): { readonly keyId: string; readonly scope: TokenScope } {
  const version = reader.byte();
  if (version !== tokenVersion) throw new RangeError(`version ${tokenVersion} was expected, got ${version}`);
  const keyId = reader.ascii();
  const tenant = reader.ascii();
  const router = reader.ascii();
  const schema = reader.ascii();
  return { keyId, scope: { tenant, router, schema, revision: reader.varint() } };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem(
      'invalid-token',
      `a feedback token as given by /v1/route was expected, whole and unaltered; this one cannot be read: ${error.message}`,
    );
  }
}
