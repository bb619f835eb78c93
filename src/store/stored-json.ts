/**
 * What Postgres can keep of a text: it has no place for the character 0, nor for half of a surrogate pair; both become
 * the replacement character, so that one odd text cannot hold up the batch it is in.
 */
export const storedText = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd').replaceAll('\0', '\ufffd');

/** What JSON.stringify writes for characters that Postgres cannot keep, and for some that merely look like it. */
const suspicious = /\\u0000|\\ud[89a-f]/;

/** JSON as it goes into a `json` column or parameter. Keys keep their order: sums over them must come out the same. */
export function storedJson(value: unknown): string {
  const text = JSON.stringify(value);
  return suspicious.test(text) ? JSON.stringify(value, replaceOddKeysAndTexts) : text;
}

function replaceOddKeysAndTexts(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storedText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storedText(key), member]));
}
