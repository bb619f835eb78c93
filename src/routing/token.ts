/**
 * A feedback token carries everything that learning from an outcome needs, so that feedback works without a look-up,
 * before the decision is logged and on any replica, and cannot be forged.
 *
 * Layout: version (1 byte) | key id | payload | MAC (16 bytes, HMAC-SHA-256 truncated as RFC 2104, section 5 allows).
 * This file knows the layout; keys and the MAC itself are the runtime's.
 */
import { ByteReader, ByteWriter, readFeatures, writeFeatures } from './bytes.js';
import { Problem } from './problem.js';
import { uuidBytes, uuidText } from './uuid.js';

export const tokenVersion = 1;
export const macLength = 16;

export interface TokenPayload {
  readonly tenant: string;
  readonly router: string;
  /** UUIDv7: tells the time of the decision. */
  readonly decisionId: string;
  readonly arm: string;
  readonly propensity: number;
  readonly revision: number;
  readonly schema: string;
  readonly epoch: number;
  readonly features: Int16Array;
}

/** One for all tokens: to make a writer takes as long as to write one. */
const writer = new ByteWriter();

/** The bytes that are signed. */
export function encodeToken(keyId: string, payload: TokenPayload): Uint8Array {
  writer.clear();
  writer.byte(tokenVersion);
  writer.ascii(keyId);
  writer.ascii(payload.tenant);
  writer.ascii(payload.router);
  writer.raw(uuidBytes(payload.decisionId));
  writer.ascii(payload.arm);
  writer.float64(payload.propensity);
  writer.varint(payload.revision);
  writer.ascii(payload.schema);
  writer.varint(payload.epoch);
  writeFeatures(writer, payload.features);
  return writer.finish();
}

/** Which key signed, read before anything else is believed. @throws Problem 'invalid-token' */
export function tokenKeyId(signed: Uint8Array): string {
  return reading(() => {
    const reader = new ByteReader(signed);
    const version = reader.byte();
    if (version !== tokenVersion) throw new RangeError(`version ${tokenVersion} was expected, got ${version}`);
    return reader.ascii();
  });
}

/** @param signed bytes whose MAC has been checked @throws Problem 'invalid-token' */
export function decodeToken(signed: Uint8Array): TokenPayload {
  return reading(() => {
    const reader = new ByteReader(signed);
    reader.byte();
    reader.ascii();
    const payload: TokenPayload = {
      tenant: reader.ascii(),
      router: reader.ascii(),
      decisionId: uuidText(reader.raw(16)),
      arm: reader.ascii(),
      propensity: reader.float64(),
      revision: reader.varint(),
      schema: reader.ascii(),
      epoch: reader.varint(),
      features: readFeatures(reader),
    };
    if (!reader.atEnd) throw new RangeError('there are bytes left at its end');
    return payload;
  });
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
