/**
 * Just enough of the Postgres wire protocol (version 3) to see a COMMIT pass, and its answer.
 *
 * A message is a type byte, a length of four bytes that counts itself but not the type, and a body. Only the first
 * message of a client has no type. Encrypted connections are not understood; tests have none.
 */

/** Cuts a stream of bytes into whole messages. */
export class MessageSplitter {
  private rest: Buffer = Buffer.alloc(0);

  /** @param untyped whether the first message comes without a type, as a client's does */
  constructor(private untyped: boolean) {}

  /** @returns the messages that are complete with these bytes */
  push(bytes: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const messages: Buffer[] = [];
    for (let size = this.size(); size !== undefined && size <= this.rest.length; size = this.size()) {
      messages.push(this.rest.subarray(0, size));
      this.rest = this.rest.subarray(size);
      this.untyped = false;
    }
    return messages;
  }

  private size(): number | undefined {
    const start = this.untyped ? 0 : 1;
    return this.rest.length < start + 4 ? undefined : start + this.rest.readInt32BE(start);
  }
}

const type = (message: Buffer): string => String.fromCharCode(message[0]);

/** Whether a client's message asks for COMMIT: a simple query, or one that is parsed first. */
export function asksToCommit(message: Buffer): boolean {
  if (type(message) === 'Q') return /^\s*commit\s*;?\0$/i.test(message.toString('utf8', 5));
  // Parse: the name of the statement, empty for one that is used once, and its text.
  return type(message) === 'P' && /^[^\0]*\0\s*commit\s*;?\0/i.test(message.toString('utf8', 5));
}

/** Whether a server's message says that the transaction was committed. */
export const saysCommitted = (message: Buffer): boolean =>
  type(message) === 'C' && message.toString('utf8', 5) === 'COMMIT\0';

/** Whether a server's message ends its answer. */
export const endsAnswer = (message: Buffer): boolean => type(message) === 'Z';

/** A NoticeResponse of severity WARNING. */
export function warning(words: string): Buffer {
  const fields = [`SWARNING`, 'VWARNING', 'C01000', `M${words}`].map((field) => `${field}\0`).join('');
  const body = Buffer.from(`${fields}\0`, 'utf8');
  const head = Buffer.alloc(5);
  head.write('N');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
