/**
 * HMAC-SHA-256 (RFC 2104) under one key, made ready once: what the key alone settles, two of the blocks, is hashed
 * beforehand. Every decision signs a token of some hundred bytes. node:crypto's createHmac makes an object for each
 * that the collector has to finalise: some 20 µs of a busy server's processor time where this takes 2.
 *
 * Nothing here branches on, or looks up by, a byte of the key or the message.
 */
import {
  blockLength,
  compress,
  hashLength,
  hashRest,
  initialState,
  writeWord,
  type HashState,
} from '../routing/features/sha256.js';

export class HmacSha256 {
  private readonly inner: HashState;
  private readonly outer: HashState;
  private readonly state = initialState();
  private readonly digested = new Uint8Array(hashLength);

  /** @param secret any length; the hash of one that is longer than a block stands in for it */
  constructor(secret: Uint8Array) {
    const key = secret.length <= blockLength ? secret : this.hashed(secret);
    this.inner = afterPad(key, 0x36);
    this.outer = afterPad(key, 0x5c);
  }

  /** Of message[from … to). @returns 32 bytes that the next call overwrites */
  digest(message: Uint8Array, from = 0, to = message.length): Uint8Array {
    const { state, digested } = this;
    state.set(this.inner);
    hashRest(state, message, from, to, blockLength);
    writeState(state, digested);
    state.set(this.outer);
    hashRest(state, digested, 0, hashLength, blockLength);
    writeState(state, digested);
    return digested;
  }

  private hashed(secret: Uint8Array): Uint8Array {
    const state = initialState();
    hashRest(state, secret, 0, secret.length, 0);
    const bytes = new Uint8Array(hashLength);
    writeState(state, bytes);
    return bytes;
  }
}

/** The state after the block that the key and one of the two pads make. */
function afterPad(key: Uint8Array, pad: number): HashState {
  const block = new Uint8Array(blockLength).fill(pad);
  for (let i = 0; i < key.length; i++) block[i] ^= key[i];
  const state = initialState();
  compress(state, block, 0);
  return state;
}

function writeState(state: HashState, bytes: Uint8Array): void {
  for (let i = 0; i < state.length; i++) writeWord(bytes, 4 * i, state[i]);
}
