import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ByteWriter, packFeatures, unpackFeatures } from '../../../src/routing/bytes.js';
import {
  decodeToken,
  tokenScope,
  writeTokenBody,
  writeTokenScope,
  type TokenPayload,
} from '../../../src/routing/token.js';

const features = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: -4096, max: 4096 })), { maxLength: 200 })
  .map((entries) => Int16Array.from(entries));
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,40}$/);
const payload: fc.Arbitrary<TokenPayload> = fc.record({
  tenant: name,
  router: name,
  decisionId: fc.uuid({ version: 7 }),
  arm: name,
  propensity: fc.double({ min: 1e-9, max: 1, noNaN: true }),
  revision: fc.nat(),
  schema: name,
  epoch: fc.maxSafeNat(),
  features,
});

/** Scope and body, and where the one ends and the other begins. */
function encoded(keyId: string, token: TokenPayload): { readonly bytes: Uint8Array; readonly end: number } {
  const writer = new ByteWriter();
  writeTokenScope(writer, keyId, token);
  const end = writer.size;
  writeTokenBody(writer, token);
  return { bytes: writer.finish(), end };
}

describe('a feedback token', () => {
  it('gives back all that went in', () => {
    fc.assert(
      fc.property(name, payload, (keyId, expected) => {
        const { bytes, end } = encoded(keyId, expected);
        const { tenant, router, schema, revision } = expected;
        expect(tokenScope(bytes)).toEqual({ keyId, scope: { tenant, router, schema, revision }, end });
        expect(decodeToken(bytes)).toEqual(expected);
      }),
    );
  });

  it('that is cut short or lengthened is refused as a problem, never read as something else', () => {
    fc.assert(
      fc.property(payload, fc.nat(), (expected, at) => {
        const { bytes } = encoded('k', expected);
        const refused = expect.objectContaining({ code: 'invalid-token' });
        expect(() => decodeToken(bytes.subarray(0, at % bytes.length))).toThrow(refused);
        expect(() => decodeToken(Uint8Array.of(...bytes, 0))).toThrow(refused);
      }),
    );
  });

  it('of random bytes is a problem or a payload, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decodeToken(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-token' });
        }
      }),
    );
  });
});

describe('packed features', () => {
  it('come back entry by entry', () => {
    fc.assert(
      fc.property(features, (entries) => {
        expect(unpackFeatures(packFeatures(entries))).toEqual(entries);
      }),
    );
  });

  it('of a one-hot of 1,000 entries take seven bytes', () => {
    const entries = new Int16Array(1000);
    entries[0] = 4096;
    // Length, the entry and the run of zeros, each of two bytes but for the mark of the run.
    expect(packFeatures(entries)).toHaveLength(7);
  });
});
