import { describe, expect, test } from 'vitest';

import { malformedAt } from '../../../src/routing/json-position.js';
import { isNameRepeated, repeatedName } from '../../../src/http/body/repeated-name.js';
import { unstorableText } from '../../../src/http/body/unstorable-text.js';

describe('where a text stops being JSON', () => {
  test.each([
    ['{"a":1}', -1],
    [' [ ] ', -1],
    ['"x"', -1],
    ['', 0],
    ['{"a":NaN}', 5],
    ["{'a':1}", 1],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a":01}', 5],
    ['{"a":1.}', 5],
    ['{"a":1', 6],
    ['"open', 0],
    ['"raw\nbreak"', 0],
    ['"bad \\x escape"', 0],
    ['{"a":1]', 6],
    ['{} {}', 3],
    ['nul', 0],
    ['[1e400]', -1],
  ])('%s', (text, at) => {
    expect(malformedAt(text)).toBe(at);
  });

  test('neither a million brackets nor a string of megabytes overflows', () => {
    expect(malformedAt('['.repeat(1e6))).toBe(1e6);
    expect(malformedAt(`["${'\\n'.repeat(2e6)}", x]`)).toBe(4e6 + 5);
  });
});

describe('a name that comes twice in one object', () => {
  test.each([
    ['{"a":1,"a":2}', 'a', 7],
    ['{"a":{"b":1},"c":[{"b":1,"b":2}]}', 'b', 25],
    ['{"a":1,"\\u0061":2}', 'a', 7],
    ['{"a\\"b":"\\\\","a\\"b":1}', 'a"b', 13],
    [' { "a" : "x,\\"a" , "a" : 1 } ', 'a', 19],
  ])('is found in %s', (text, name, at) => {
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect(isNameRepeated(text, JSON.parse(text))).toBe(true);
    expect(repeatedName(text)).toEqual({ name, at });
  });

  test.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":"a","b":"a","c":["a","a","a"]}',
    '[["a","a"],{"a":{}},{"a":[]}]',
    '"a"',
    '7',
    '{"":1,"__a":2}',
  ])('is not found in %s', (text) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(isNameRepeated(text, JSON.parse(text))).toBe(false);
    expect(repeatedName(text)).toBeUndefined();
  });

  test('is found behind a million brackets and strings of megabytes', () => {
    const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
    const text = `{"a":${deep},"b":"${'\\\\\\"'.repeat(1e6)}","a":1}`;
    expect(isNameRepeated(text, JSON.parse(text))).toBe(true);
    expect(repeatedName(text)).toEqual({ name: 'a', at: text.length - 6 });
  });
});

describe('text that a database cannot keep', () => {
  test('is pointed at wherever it stands', () => {
    expect(unstorableText({ a: [{ 'b/c': 'x\0' }] })).toBe('/a/0/b~1c');
    expect(unstorableText({ a: '\ud800' })).toBe('/a');
    expect(unstorableText({ a: { '\0': 1 } })).toBe('/a');
  });

  test('is not seen in whole surrogate pairs, numbers and null', () => {
    expect(unstorableText({ a: ['😀', 1, null, true, { b: 'ü' }] })).toBeUndefined();
  });
});
