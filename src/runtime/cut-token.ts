import { Problem } from '../routing/problem.js';
import { decodeToken, macLength, tokenVersion } from '../routing/token.js';

/**
 * What to say of a token that was refused because its end is missing, which is what happens to tokens that are kept in
 * columns and log lines: its signature is wrong then, but that helps nobody to find out why.
 * @returns undefined when it is something else
 */
export function cutToken(token: string): Problem | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (!endsTooSoon(bytes)) return undefined;
  return new Problem(
    'invalid-token',
    `expected a feedback token whole, as /v1/route gave it, got only its first ${token.length} characters: it was cut off ` +
      '(is a column or a log line too narrow for it?); send all of it, or send decision_id instead',
  );
}

/** The MAC is as long for every token, and what is before it says itself how long it is. */
function endsTooSoon(bytes: Uint8Array): boolean {
  if (bytes[0] !== tokenVersion) return false;
  try {
    decodeToken(bytes.subarray(0, -macLength));
    return false;
  } catch (error) {
    return error instanceof Problem && error.message.includes('the bytes end at');
  }
}
