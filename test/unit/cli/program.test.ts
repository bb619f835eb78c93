import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { inUse, startedAnew } from '../../../src/cli/encoder.js';
import { buildProgram } from '../../../src/cli/program.js';
import { addServe } from '../../../src/cli/serve.js';
import { Failure, report, UsageError } from '../../../src/cli/failures.js';
import { ServerProblem } from '../../../src/cli/client.js';
import { ConfigError } from '../../../src/config.js';
import { Problem } from '../../../src/routing/problem.js';
import type { RouterState } from '../../../src/runtime/service.js';

/** The command line, run in process: exit code and what it wrote. */
async function run(...line: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += text)));
  const program = buildProgram([addServe]);
  everyCommand(program).forEach((command) =>
    command.configureOutput({ writeOut: (text) => (written.out += text), writeErr: (text) => (written.err += text) }),
  );
  let code = 0;
  try {
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    code = report(error, (text) => (written.err += text));
  }
  out.mockRestore();
  return { code, ...written };
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : []);

afterEach(() => vi.restoreAllMocks());

describe('the command line', () => {
  const commands = everyCommand(buildProgram()).filter((command) => command.commands.length === 0);

  it('has the commands that are promised', () => {
    expect(commands.map((command) => pathOf(command).join(' ')).sort()).toEqual([
      'arms add',
      'arms list',
      'arms pause',
      'arms remove',
      'arms resume',
      'drive',
      'encoder fit',
      'evaluate',
      'explain',
      'feedback retract',
      'feedback retractions',
      'profiles import',
      'profiles list',
      'profiles show',
      'router change',
      'router create',
      'router list',
      'router show',
      'simulate',
      'state export',
      'state import',
      'tune',
    ]);
  });

  it.each(commands.map((command) => [pathOf(command).join(' ')]))('shows examples in the help of %s', async (path) => {
    const { code, out } = await run(...path.split(' '), '--help');
    expect(code).toBe(0);
    expect(out).toContain(`$ tradewind ${path}`);
  });

  it('documents its exit codes', async () => {
    expect((await run('--help')).out).toContain(
      'Exit codes: 0 all went well, 1 something failed, 2 the command line was wrong',
    );
  });

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['serve', '--port', 'abc'], '--port: expected a whole number from 0 to 65535, got "abc"'],
    [['router', 'show'], "missing required argument 'router'"],
    [['drive', 't.csv', '--lost', '7'], 'Expected a share between 0 and 1'],
    [['drive', 't.csv', '--objective', 'accuracy'], 'Expected metric=weight'],
    [['drive', 't.csv', '--limit', '0'], 'whole number from 1'],
    [['drive', 't.csv', '--context', 'all'], 'Allowed choices are prompt, task, both'],
    [['drive', 't.csv', '--objective', 'accuracy=1', '--energy-weight', '1'], 'got both'],
    [['drive', 't.csv', '--models', 'a', '--with-energy'], 'got both'],
    [['drive', 't.csv', '--fit-encoder', 'val', '--context', 'task'], '--fit-encoder needs prompts'],
    [['router', 'list', '--url', 'localhost:8080'], 'expected --url as http://127.0.0.1:8080'],
    [['router', 'create'], 'either a file with the declaration, or --example'],
    [['router', 'change', 'r'], 'expected a change'],
    [['profiles', 'import'], 'either a file with profiles, or --example'],
    [['profiles', 'import', 'x.xlsx'], 'expected a .csv, .json or .jsonl file'],
    [['profiles', 'show', '--task', 'juggling'], 'no arm was measured for "juggling"; there are sentiment/imdb'],
  ])('ends with 2 when the line is wrong: %j', async (line, message) => {
    const { code, err } = await run(...line);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('ends with 2 when a variable of the environment is wrong', async () => {
    vi.stubEnv('TRADEWIND_LOG_LEVEL', 'loud');
    const { code, err } = await run('serve').finally(() => vi.unstubAllEnvs());
    expect(err).toContain('TRADEWIND_LOG_LEVEL: expected one of');
    expect(code).toBe(2);
  });

  it.each([
    [['router', 'list', '--url', 'http://127.0.0.1:9'], 'is tradewind serve running there?'],
    [['router', 'create', '/nowhere.json'], 'there is no file /nowhere.json'],
    [['drive', '/nowhere.csv', '--url', 'http://127.0.0.1:9'], '/nowhere.csv: there is no such file'],
  ])('ends with 1 when something fails: %j', async (line, message) => {
    const { code, err } = await run(...line);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
    expect(code).toBe(1);
  });
});

describe('a JSON file that is cut off', () => {
  it.each([
    ['', 'Line 3, column 26: it ends before its JSON does; is a bracket or quote missing, or was it cut off?'],
    [', "sta', 'Line 3, column 28: a string that is never closed; was it cut off?'],
  ])('is refused with its name, line and column, and what is wrong there: %j', async (end, fault) => {
    const file = join(tmpdir(), `tradewind-cut-${process.pid}.json`);
    await writeFile(file, `{\n  "id": "mine",\n  "arms": [{"id": "small"${end}`);
    try {
      const { code, err } = await run('router', 'create', file);
      expect(err).toBe(`tradewind: ${file} is not JSON. ${fault}`);
      expect(code).toBe(1);
    } finally {
      await rm(file);
    }
  });
});

describe('a metric that nobody has', () => {
  it.each([['tune'], ['drive']])('is refused by %s with the one that was probably meant', async (command) => {
    const table = join(tmpdir(), `tradewind-objective-${process.pid}.csv`);
    await writeFile(table, 'id,score:a,score:b\n1,0,1\n2,1,0\n');
    try {
      const line = [command, table, '--context', 'task', '--objective', 'acuracy=1'];
      const { code, err } = await run(...line);
      expect({ code, err }).toEqual({
        code: 2,
        err: 'tradewind: expected --objective of accuracy, cost_usd, energy_j, latency_ms, got "acuracy"; did you mean "accuracy"?',
      });
    } finally {
      await rm(table);
    }
  });
});

describe('profiles of another router', () => {
  it('are refused in one sentence that says whose arms were expected and how to mend it', async () => {
    const arms = [{ id: 'small' }, { id: 'large' }];
    const server = createServer((_, response) => void response.end(JSON.stringify({ spec: { id: 'mine', arms } })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { code, err } = await run('profiles', 'import', '--example', '--router', 'mine', '--url', url);
      expect(err).toMatch(
        /^tradewind: nothing was imported: expected rows of the arms of mine \(small, large\), got rows of 32 others \(.* and 29 more\); make a router .*"tradewind router create --example --name NAME"$/,
      );
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });
});

describe('state import', () => {
  it.each([
    [200, 'and its profiles, are now those of the file; before, it was revision 3'],
    [404, 'the router was made as the file declares it'],
  ])('says what became of the declaration where the router was answered with %s', async (status, told) => {
    const server = createServer((request, response) => {
      const known = request.method === 'PUT' || status === 200;
      response.writeHead(known ? 200 : status);
      response.end(
        JSON.stringify(
          known ? { spec: { id: 'mine' }, revision: request.method === 'PUT' ? 4 : 3 } : { code: 'unknown-router' },
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(tmpdir(), `tradewind-state-${process.pid}.json`);
    await writeFile(file, '{}');
    try {
      const { code, out } = await run('state', 'import', file, '--router', 'mine', '--url', url);
      expect(code).toBe(0);
      expect(out).toContain('now revision 4');
      expect(out).toContain(told);
    } finally {
      server.close();
      await rm(file);
    }
  });
});

describe('state import under a name that no router may have', () => {
  it.each(['..', '../../outside', '__proto__', ' '])('refuses %j before it asks the service', async (name) => {
    const { code, err } = await run('state', 'import', 'none.json', '--router', name, '--url', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(err).toContain(`lower-case letters, digits, - and _, a letter or digit first, got ${JSON.stringify(name)}`);
  });
});

describe('router change', () => {
  it('sends whatever members a file has, and null for one that goes', async () => {
    let sent = '';
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
      request.on('end', () => response.end('{"spec": {"id": "mine"}, "revision": 2}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(tmpdir(), `tradewind-change-${process.pid}.json`);
    const patch = { budgets: [{ metric: 'cost_usd', per_request: 0.001 }], floor: 0.02, half_life: null };
    await writeFile(file, JSON.stringify(patch));
    try {
      const { out } = await run('router', 'change', 'mine', '--file', file, '--policy', 'thompson', '--url', url);
      expect(JSON.parse(sent)).toEqual({ ...patch, policy: { name: 'thompson' } });
      expect(out).toContain('changed mine, now revision 2');
    } finally {
      server.close();
      await rm(file);
    }
  });
});

describe('state import of a declaration', () => {
  it('says which command makes a router of it', async () => {
    const file = join(tmpdir(), `tradewind-declaration-${process.pid}.json`);
    await writeFile(file, '{"id": "r", "arms": [], "features": [], "objective": {"accuracy": 1}}');
    const { code, err } = await run('state', 'import', file, '--router', 'r', '--url', 'http://127.0.0.1:9');
    await rm(file);
    expect(code).toBe(2);
    expect(err).toContain(`make a router of it with "tradewind router create ${file}"`);
  });
});

describe('encoder fit', () => {
  const state = (schema: string, accuracy: number) =>
    ({ features: { schema }, outcomes: { accuracy, cost_usd: 1 } }) as unknown as RouterState;

  it('says that statistics start anew where a router had learned under other features', () => {
    expect(startedAnew(state('a', 40), state('b', 0))).toEqual([
      'statistics start anew under the new features, seeded with what 40 outcomes had taught',
    ]);
    expect(startedAnew(state('a', 40), state('a', 40))).toEqual([]);
    expect(startedAnew({ ...state('a', 0), outcomes: {} }, state('b', 0))).toEqual([]);
  });
});

describe('encoder fit of an encoder that is there', () => {
  it('says that nothing changed', () => {
    const at = (revision: number) => ({ spec: { id: 'mine' }, revision }) as unknown as RouterState;
    expect(inUse(at(3), at(3), 'prompt')).toBe('mine uses it for prompt already; unchanged, revision 3');
    expect(inUse(at(3), at(4), 'prompt')).toBe('mine uses it for prompt, revision 4');
  });
});

describe('profiles show', () => {
  it('prints a table and the front for each kind of task in 100 columns, without a server', async () => {
    const { code, out } = await run('profiles', 'show');
    expect(code).toBe(0);
    expect(out).toMatch(/^sentiment: 16 arms, 5 on the front/m);
    expect(out).toMatch(/^question-answering: 16 arms, /m);
    expect(out).toMatch(/^summarization: 16 arms, /m);
    expect(out).toMatch(/^a {2}sbcBI\/sentiment_analysis_model +0\.772 +10\.0 +5\.35$/m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('gives the same rows as JSON, for one task', async () => {
    const { out } = await run('profiles', 'show', '--task', 'summarization/xsum', '--json');
    expect(JSON.parse(out)).toHaveLength(16);
  });

  it('prints the joules per token of the language models', async () => {
    const { out } = await run('profiles', 'show', '--tokens');
    expect(out).toMatch(/meta-llama\/Llama-3\.1-8B-Instruct +1 × H100 +64 +0\.119 /);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('reporting a failure', () => {
  function said(error: unknown): [number, string] {
    const lines: string[] = [];
    return [report(error, (line) => lines.push(line)), lines.join('\n')];
  }

  it('shows the help of a problem field by field', () => {
    const errors = [{ pointer: '/arms/0', detail: 'too long' }];
    expect(said(new ServerProblem(422, 'invalid-router', 'Cannot be built', 'see below', errors, 'q7'))).toEqual([
      1,
      'tradewind: Cannot be built (422 invalid-router) (request q7)\n  see below\n  /arms/0: too long',
    ]);
    expect(said(new Problem('invalid-profile', 'no', errors))[1]).toBe('tradewind: no\n  /arms/0: too long');
  });

  it('says a single fault once', () => {
    const problem = new ServerProblem(400, 'c', 't', '/a: bad', [{ pointer: '/a', detail: 'bad' }]);
    expect(said(problem)[1]).toBe('tradewind: t (400 c)\n  /a: bad');
  });

  it('shows at most twenty fields', () => {
    const errors = Array.from({ length: 30 }, (_, i) => ({ pointer: `/${i}`, detail: 'x' }));
    const [, text] = said(new ServerProblem(422, 'c', 't', 'd', errors));
    expect(text.split('\n')).toHaveLength(2 + 20 + 1);
    expect(text).toContain('… and 10 more');
  });

  it('tells a wrong line from a failure, and shows the stack only of what nobody expected', () => {
    expect(said(new UsageError('wrong'))).toEqual([2, 'tradewind: wrong']);
    expect(said(new Failure('failed'))).toEqual([1, 'tradewind: failed']);
    expect(said(new ConfigError(['PORT: bad']))).toEqual([
      2,
      'tradewind: The configuration cannot be used:\n  - PORT: bad',
    ]);
    // As it comes out of a worker thread.
    expect(said(Object.assign(new Error('no such metric'), { name: 'Problem' }))[1]).toBe('tradewind: no such metric');
    expect(said(new TypeError('bug'))[1]).toMatch(/TypeError: bug\n {4}at /);
  });
});
