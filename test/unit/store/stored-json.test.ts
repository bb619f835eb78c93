import { describe, expect, it } from 'vitest';

import { storedJson, storedText } from '../../../src/store/stored-json.js';

describe('text as the database can keep it', () => {
  it('replaces the character 0 and halves of surrogate pairs, and nothing else', () => {
    expect(storedText('a\0b')).toBe('a\ufffdb');
    expect(storedText('\ud83d')).toBe('\ufffd');
    expect(storedText('\ude00\ud83d')).toBe('\ufffd\ufffd');
    expect(storedText("\u{1f600} ' \\ \u0001 \ufffe")).toBe("\u{1f600} ' \\ \u0001 \ufffe");
  });

  it('does so in every text and key of JSON', () => {
    expect(storedJson([{ 'k\0': ['\ud800', 1, null, true] }])).toBe('[{"k\ufffd":["\ufffd",1,null,true]}]');
  });

  it('leaves alone what only looks like it, and the order of keys', () => {
    const value = { b: '\\u0000', a: '\\ud800', '__proto__ ': 0.1 };
    expect(storedJson(value)).toBe(JSON.stringify(value));
    const hostile = JSON.parse('{"__proto__": "\\u0000"}') as object;
    expect(storedJson(hostile)).toBe('{"__proto__":"\ufffd"}');
  });
});
