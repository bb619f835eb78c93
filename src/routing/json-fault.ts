/** Where and why a text is not JSON, as the person who wrote it reads it; what JSON.parse says is for its own authors. */
import { malformedAt } from './json-position.js';

/**
 * @param firstLine number of the text's first line in its file
 * @returns undefined when the text is JSON, a byte order mark before it aside
 */
export function jsonFault(text: string, firstLine = 1): string | undefined {
  const content = withoutMark(text);
  const at = malformedAt(content);
  return at < 0 ? undefined : faultIn(content, at, firstLine);
}

export const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** @param at offset of the first character that JSON does not allow, or the text's length */
export const faultIn = (text: string, at: number, firstLine = 1): string =>
  `${placeIn(text, at, firstLine)}: ${complaint(text, at)}`;

/** `Line 3, column 14`, both counted from 1. */
export function placeIn(text: string, at: number, firstLine = 1): string {
  const before = text.slice(0, at);
  const line = firstLine - 1 + before.split('\n').length;
  return `Line ${line}, column ${at - before.lastIndexOf('\n')}`;
}

function complaint(text: string, at: number): string {
  if (at >= text.length) return 'it ends before its JSON does; is a bracket or quote missing, or was it cut off?';
  const rest = text.slice(at, at + 20);
  const word = /^[+-]?(?:NaN|Infinity|undefined|None|True|False)/.exec(rest)?.[0];
  if (word) return `JSON has no ${word}; leave the field out, or write true, false or a finite number`;
  if (rest.startsWith("'")) return 'JSON strings take double quotes, got a single quote';
  if (/^[}\]]/.test(rest))
    return `unexpected ${rest[0]}; is there a comma too many, or does it close the wrong bracket?`;
  if (rest.startsWith('"') && !text.includes('"', at + 1)) return 'a string that is never closed; was it cut off?';
  if (rest.startsWith('"'))
    return 'a string that is out of place, is never closed, or holds a raw line break or a bad escape';
  return `unexpected ${JSON.stringify(rest.split(/[\s,}\]]/)[0] || rest[0])}`;
}
