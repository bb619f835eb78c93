import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

import { readPrompts } from '../../../src/cli/prompts-file.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-prompts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function prompts(name: string, content: string | Buffer, field = 'prompt'): Promise<string[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const read: string[] = [];
  for await (const prompt of readPrompts(path, field)) read.push(prompt);
  return read;
}

describe('a file of prompts', () => {
  it('is read a line each from text', async () => {
    expect(await prompts('a.txt', 'one\r\n\ntwo\n')).toEqual(['one', 'two']);
  });

  it('is read from the member of JSON objects, and from JSON strings, also packed', async () => {
    const lines = '{"prompt":"one","q":"eins"}\n"two"\n';
    expect(await prompts('a.jsonl', lines)).toEqual(['one', 'two']);
    expect(await prompts('a.jsonl.gz', gzipSync(lines))).toEqual(['one', 'two']);
    expect(await prompts('b.jsonl', '{"prompt":"one","q":"eins"}', 'q')).toEqual(['eins']);
  });

  it('names the line that is wrong, and the kinds of file there are', async () => {
    await expect(prompts('c.jsonl', '"one"\n{"text":"two"}')).rejects.toThrow(
      'c.jsonl:2: expected a text, or an object',
    );
    await expect(prompts('d.jsonl', '{')).rejects.toThrow('d.jsonl:1: not JSON');
    await expect(prompts('e.pdf', 'x')).rejects.toThrow('expected prompts in a file ending in .jsonl');
  });
});
