import { describe, expect, it } from 'vitest';

import type { TokenPayload } from '../../../src/routing/token.js';
import { KeyKeeper } from '../../../src/runtime/key-keeper.js';
import { keyOfSecret } from '../../../src/runtime/key-ring.js';

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
const keeper = new KeyKeeper([keyOfSecret('the secret of this year, long enough')], undefined, Date.now);

describe('a token that is refused', () => {
  const token = keeper.sign(payload);

  it('is told to be cut wherever its end is missing', () => {
    for (let length = 20; length < token.length; length++)
      expect(() => keeper.verify(token.slice(0, length)), `${length}`).toThrow(
        `expected a feedback token whole, as /v1/route gave it, got only its first ${length} characters`,
      );
  });

  it('is not told to be cut when something was added or changed, or it never was one', () => {
    const middle = Math.floor(token.length / 2);
    const changed = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1);
    for (const bad of [`${token}AAAA`, changed, 'token', 'forged-by-somebody-who-has-no-key'])
      expect(() => keeper.verify(bad), bad).toThrow(/^(?!.*cut off).*whole and unaltered/);
    expect(keeper.verify(token)).toEqual(payload);
  });
});
