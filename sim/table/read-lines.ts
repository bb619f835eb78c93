/** The lines of a text file, plain or packed. */
import { readText } from './read-text.js';
import { TableError } from './table-error.js';

/** A line longer than this is no table; it would have to be held in memory whole. */
const longestLine = 1 << 26;

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Lines that aren't empty, read as they are asked for. @throws TableError */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  for await (const text of readText(path)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > longestLine)
      throw new TableError(path, `over ${longestLine} characters without a line break`, { line: number + 1 });
    for (const line of lines) {
      number++;
      if (line.trim() !== '') yield { number, text: withoutReturn(line) };
    }
  }
  if (rest.trim() !== '') yield { number: number + 1, text: withoutReturn(rest) };
}

/** Lines may end in CRLF. */
const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
