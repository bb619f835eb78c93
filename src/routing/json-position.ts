/**
 * Finds where a text stops being JSON (RFC 8259). JSON.parse of Node 20 often doesn't say, so this runs after it has
 * refused. It keeps a stack of its own and reads strings by hand: neither a million brackets nor a string of
 * megabytes overflows the call stack or that of a regular expression.
 */

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma' | 'end';

interface Position {
  readonly open: ('{' | '[')[];
  expected: Expected;
}

/** @returns offset of the first character that JSON does not allow, the text's length when it ends too soon, -1 when it is JSON */
export function malformedAt(text: string): number {
  const position: Position = { open: [], expected: 'value' };
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const length = isMark(text[at]!) ? 1 : scalarLength(text, at);
    if (length === 0) return at;
    const fits =
      length === 1 && isMark(text[at]!) ? takeMark(position, text[at]!) : takeScalar(position, text[at] === '"');
    if (!fits) return at;
    at = skipSpace(text, at + length);
  }
  return position.expected === 'end' ? -1 : text.length;
}

const isMark = (character: string): boolean => '{}[],:'.includes(character);

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++;
  return at;
}

/** Moves past a string, number or word. @returns whether one may stand here */
function takeScalar(position: Position, quoted: boolean): boolean {
  if (position.expected.startsWith('name')) {
    position.expected = 'colon';
    return quoted;
  }
  return takeValue(position);
}

function takeValue(position: Position): boolean {
  if (!position.expected.startsWith('value')) return false;
  position.expected = afterValue(position);
  return true;
}

function takeMark(position: Position, mark: string): boolean {
  if (mark === '{' || mark === '[') return opens(position, mark);
  if (mark === '}') return closes(position, '{', 'name or }');
  if (mark === ']') return closes(position, '[', 'value or ]');
  if (mark === ',') return follows(position, 'comma', position.open.at(-1) === '{' ? 'name' : 'value');
  return follows(position, 'colon', 'value');
}

function opens(position: Position, mark: '{' | '['): boolean {
  if (!position.expected.startsWith('value')) return false;
  position.open.push(mark);
  position.expected = mark === '{' ? 'name or }' : 'value or ]';
  return true;
}

function closes(position: Position, opener: '{' | '[', empty: Expected): boolean {
  if (position.open.at(-1) !== opener) return false;
  if (position.expected !== 'comma' && position.expected !== empty) return false;
  position.open.pop();
  position.expected = afterValue(position);
  return true;
}

function follows(position: Position, expected: Expected, next: Expected): boolean {
  if (position.expected !== expected) return false;
  position.expected = next;
  return true;
}

const afterValue = (position: Position): Expected => (position.open.length === 0 ? 'end' : 'comma');

const WORD = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Length of the string, number or word that begins at an offset; 0 when none that JSON knows does. */
function scalarLength(text: string, at: number): number {
  if (text[at] === '"') return stringLength(text, at);
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0].length ?? 0;
}

function stringLength(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1 - from;
    if (code < 0x20) return 0;
    if (code !== 0x5c) continue;
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(text);
    if (!escape) return 0;
    at += escape[0].length - 1;
  }
  return 0;
}
