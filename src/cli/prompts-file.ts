/** Reads prompts: a line each in .txt, a member of each line's object in .jsonl; either may be packed as .gz. */
import { readLines } from '../../sim/table/read-lines.js';
import { TableError } from '../../sim/table/table-error.js';
import { jsonFault } from '../routing/json-fault.js';
import { UsageError } from './failures.js';

/**
 * @param field member of the JSON objects that holds the prompt; a line that is a JSON string is one itself
 * @throws UsageError for another kind of file; TableError with the line at fault
 */
export function readPrompts(path: string, field: string): AsyncIterable<string> {
  if (/\.jsonl(\.gz)?$/i.test(path)) return fromJsonLines(path, field);
  if (/\.txt(\.gz)?$/i.test(path)) return fromText(path);
  throw new UsageError(`expected prompts in a file ending in .jsonl, .jsonl.gz, .txt or .txt.gz, got "${path}"`);
}

async function* fromText(path: string): AsyncGenerator<string> {
  for await (const line of readLines(path)) yield line.text;
}

async function* fromJsonLines(path: string, field: string): AsyncGenerator<string> {
  for await (const line of readLines(path)) {
    const prompt = promptOf(parse(path, line.number, line.text), field);
    if (typeof prompt !== 'string')
      throw new TableError(path, `expected a text, or an object with a text as "${field}"`, { line: line.number });
    yield prompt;
  }
}

const promptOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : value;

function parse(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TableError(path, `not JSON. ${jsonFault(text, line)}`, { line });
  }
}
