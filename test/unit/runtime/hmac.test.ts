import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HmacSha256 } from '../../../src/runtime/hmac.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('HMAC-SHA-256', () => {
  it('gives the known answers of RFC 4231', () => {
    const hmac = (key: Uint8Array, text: string) => hex(new HmacSha256(key).digest(Buffer.from(text)));
    expect(hmac(new Uint8Array(20).fill(0x0b), 'Hi There')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(hmac(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    expect(hmac(new Uint8Array(131).fill(0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First')).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  it('agrees with node:crypto at every length around the edges of blocks', () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);
    const ours = new HmacSha256(key);
    for (let length = 0; length <= 200; length++) {
      const message = Uint8Array.from({ length }, (_, i) => 31 * i + length);
      expect(hex(ours.digest(message)), `length ${length}`).toBe(
        createHmac('sha256', key).update(message).digest('hex'),
      );
    }
  });

  it('agrees with node:crypto for any key and message', () => {
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
    fc.assert(
      fc.property(bytes(200), bytes(2000), (key, message) => {
        expect(hex(new HmacSha256(key).digest(message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
      }),
    );
  });
});
