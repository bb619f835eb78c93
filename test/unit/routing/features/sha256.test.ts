import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { sha256, sha256OfText } from '../../../../src/routing/features/sha256.js';

describe('sha256', () => {
  it('gives the known answers of FIPS 180-4', () => {
    const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(sha256(ascii('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
    expect(sha256(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it('agrees with another implementation at every length around a block', () => {
    for (let length = 0; length < 140; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });
  it('tells lone surrogates apart', () => expect(sha256OfText('\ud800')).not.toBe(sha256OfText('\ud801')));
});
