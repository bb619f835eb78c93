import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { report } from '../../../../src/cli/failures.js';
import { buildProgram } from '../../../../src/cli/program.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-drive-'));
const table = join(folder, 'table.csv');
writeFileSync(table, 'split,task,score:small,score:large,energy_j:small\nval,qa,1,0,3\ntest,code,0,1,4\n');

describe('what cannot be driven is refused before the service is asked for anything', () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.writeHead(500).end('{}');
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    [['--split', 'nope'], /has no rows of the split nope; it has val, test$/],
    [['--split', 'val,tes'], /no rows of the split tes; it has val, test; did you mean "test"\?$/],
    [['--seed-from', 'nope'], /no rows of the split nope/],
    [['--fit-encoder', 'nope'], /no rows of the split nope/],
    [['--fit-encoder', 'val'], /split val of .* has no prompts; fit the encoder on another with --fit-encoder$/],
    [['--objective', 'accuracy=1,energy_j=-1'], /weighs energy_j, which the table doesn't know for .*large/],
    [['--json', '/nonexistent/x.json'], /there is no folder \/nonexistent; make the folder first$/],
    [['--plot', '/nonexistent/x.svg'], /make the folder first$/],
  ])('%j', async (options, message) => {
    let err = '';
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const silent = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const failed = await buildProgram()
      .parseAsync(['drive', table, '--url', url, ...options], { from: 'user' })
      .catch((error: unknown) => report(error, (line) => (err += line)));
    silent.mockRestore();
    expect(failed).toBe(1);
    expect(err).toMatch(message);
    expect(asked).toBe(0);
  });
});
