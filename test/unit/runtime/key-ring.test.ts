import { describe, expect, it } from 'vitest';

import { KeyRing, keyOfSecret } from '../../../src/runtime/key-ring.js';
import { tokenScope, type TokenPayload } from '../../../src/routing/token.js';

const old = keyOfSecret('the secret of last year, long enough');
const current = keyOfSecret('the secret of this year, long enough');
const payload: TokenPayload = {
  tenant: 'default',
  router: 'r',
  decisionId: '0190f3c2-7b1c-7abc-8def-0123456789ab',
  arm: 'models/small',
  propensity: 0.25,
  revision: 3,
  schema: 'f00d',
  epoch: 12,
  features: Int16Array.of(4096, 0, 0, -17, 4096),
};
const refused = expect.objectContaining({ code: 'invalid-token', status: 401 });

describe('a key ring', () => {
  it('reads back what it signed', () => {
    const ring = new KeyRing([current]);
    expect(ring.verify(ring.sign(payload))).toEqual(payload);
  });

  it('takes tokens of an older key and signs with the newest', () => {
    const token = new KeyRing([old]).sign(payload);
    const rotated = new KeyRing([current, old]);
    expect(rotated.verify(token)).toEqual(payload);
    expect(rotated.sign(payload)).toBe(new KeyRing([current]).sign(payload));
  });

  it('refuses a token of a key it does not hold', () => {
    expect(() => new KeyRing([current]).verify(new KeyRing([old]).sign(payload))).toThrow(refused);
  });

  it('refuses a token with any one character changed, cut or added', () => {
    const ring = new KeyRing([current]);
    const token = ring.sign(payload);
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      expect(() => ring.verify(changed), `character ${i}`).toThrow(refused);
      expect(() => ring.verify(token.slice(0, i)), `cut at ${i}`).toThrow(refused);
    }
    for (const foreign of [`${token}A`, `${token}=`, ` ${token}`, 'token', '', '💥']) {
      expect(() => ring.verify(foreign)).toThrow(refused);
    }
  });

  it('keeps the tokens of routers, revisions and schemas apart, in any order', () => {
    const ring = new KeyRing([current]);
    const scopes = [payload, { ...payload, revision: 4 }, { ...payload, schema: 'beef' }, { ...payload, router: 's' }];
    const long = { ...payload, arm: 'a'.repeat(120), features: new Int16Array(400).fill(-4096) };
    const payloads = [...scopes, long, ...scopes].map((one, epoch) => ({ ...one, epoch }));
    const tokens = payloads.map((one) => ring.sign(one));
    expect(tokens.map((token) => ring.verify(token))).toEqual(payloads);
    expect(tokens.map((token) => new KeyRing([current]).verify(token))).toEqual(payloads);
  });

  it('refuses a token whose body was signed for another router', () => {
    const ring = new KeyRing([current]);
    const [mine, yours] = [payload, { ...payload, router: 's' }].map((one) => Buffer.from(ring.sign(one), 'base64url'));
    const { end } = tokenScope(mine!);
    const mixed = Buffer.concat([mine!.subarray(0, end), yours!.subarray(end)]);
    expect(() => ring.verify(mixed.toString('base64url'))).toThrow(refused);
  });

  it('refuses keys that are too short', () => {
    expect(() => new KeyRing([{ id: 'k', secret: new Uint8Array(31) }])).toThrow(/at least 32 bytes/);
    expect(() => new KeyRing([])).toThrow(/at least one key/);
  });
});
