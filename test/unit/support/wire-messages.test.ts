import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asksToCommit, endsAnswer, MessageSplitter, saysCommitted, warning } from '../../support/wire-messages.js';

/** A message as protocol 3 frames it: type, length that counts itself, body. */
function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body, 'utf8');
  const head = Buffer.alloc(4);
  head.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(type), head, bytes]);
}

describe('messages of the Postgres protocol', () => {
  it('come out whole, however the stream was cut', () => {
    const body = fc.tuple(fc.constantFrom('Q', 'D', 'Z'), fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(
        fc.array(body, { maxLength: 12 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat({ max: 9 })),
        (all, untyped, cuts) => {
          const startup = untyped ? [message('', 'user\0me\0\0')] : [];
          const sent = [...startup, ...all.map(([type, text]) => message(type, text))];
          const stream = Buffer.concat(sent);
          const splitter = new MessageSplitter(untyped);
          const found: Buffer[] = [];
          for (let at = 0; at < stream.length;) {
            const size = 1 + cuts.next().value;
            found.push(...splitter.push(stream.subarray(at, at + size)));
            at += size;
          }
          expect(found).toEqual(sent);
        },
      ),
    );
  });

  it.each([
    ['Q', 'commit\0', true],
    ['Q', ' COMMIT ;\0', true],
    ['Q', 'select 1; commit\0', false],
    ['Q', "insert into t values ('commit')\0", false],
    ['P', '\0commit\0\0\0', true],
    ['P', 'name\0select 1\0\0\0', false],
    ['C', 'commit\0', false],
  ])('of type %s with %j ask to commit: %s', (type, body, expected) => {
    expect(asksToCommit(message(type, body))).toBe(expected);
  });

  it('tell a commit from a rollback, and the end of an answer', () => {
    expect(saysCommitted(message('C', 'COMMIT\0'))).toBe(true);
    expect(saysCommitted(message('C', 'ROLLBACK\0'))).toBe(false);
    expect(saysCommitted(message('C', 'INSERT 0 1\0'))).toBe(false);
    expect(endsAnswer(message('Z', 'I'))).toBe(true);
    expect(endsAnswer(message('C', 'COMMIT\0'))).toBe(false);
  });

  it('can be made of a warning', () => {
    const [whole, ...others] = new MessageSplitter(false).push(warning('not every node'));
    expect(others).toEqual([]);
    expect(whole.toString('latin1', 5)).toBe('SWARNING\0VWARNING\0C01000\0Mnot every node\0\0');
  });
});
