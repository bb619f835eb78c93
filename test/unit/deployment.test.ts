/** What the container files say, held to their linters and to the program: nothing here needs a container engine. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { settings } from '../../src/config.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => readFile(join(root, name), 'utf8');
const variables = Object.values(settings).map(({ env }) => env);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewind-compose-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Linted {
  readonly messages: readonly { readonly rule: string; readonly message: string }[];
}

/** What the linter says of a compose file, the Compose specification among it. */
function lint(path: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  // Its types are not written for ES modules.
  const found = linter.lintFiles([path], false) as readonly Linted[];
  return found.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
}

describe('compose.yaml', () => {
  it('has nothing that its linter minds', () => {
    expect(lint(join(root, 'compose.yaml'))).toEqual([]);
  });

  it.each([
    ['a member that the specification does not know', 'read_only: true', 'readonly: true', 'invalid-schema'],
    ['an image that may change by itself', 'nginx:1.29.3-alpine', 'nginx:latest', 'service-image-require-explicit-tag'],
    ['a port that listens to the network', "'127.0.0.1:8080:80'", "'8080:80'", 'no-unbound-port-interfaces'],
  ])('would be refused with %s', async (_what, right, wrong, rule) => {
    const text = await read('compose.yaml');
    expect(text).toContain(right);
    const path = join(folder, 'compose.yaml');
    await writeFile(path, text.replace(right, wrong));
    expect(lint(path).join('\n')).toContain(rule);
  });

  it('starts three replicas with variables that the service reads, and mounts files that are there', async () => {
    const text = await read('compose.yaml');
    expect(text).toMatch(/replicas: 3\b/);
    const own = text.slice(text.indexOf('\n  tradewind:'));
    const given = [...own.matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(given).toContain('DATABASE_URL');
    for (const name of given) expect(variables).toContain(name);
    const mounted = [...text.matchAll(/- \.\/(\S+?):\//g)].map(([, path]) => path);
    expect(mounted).toEqual(['.deploy/nginx.conf']);
    for (const path of mounted) expect(await read(path)).toContain('server tradewind:8080 resolve');
  });
});

describe('the Dockerfile', () => {
  it('has nothing that its linter minds', async () => {
    expect(validate(await read('Dockerfile'))).toEqual([]);
    expect(validate('FROM node:22-slim\nCOPPY . .\n')).not.toEqual([]);
  });

  it('sets variables that the service reads, and listens where the balancer looks for it', async () => {
    const text = await read('Dockerfile');
    const [, line] = /^ENV NODE_ENV=production (.*)$/m.exec(text)!;
    const given = Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]));
    for (const name of Object.keys(given)) expect(variables).toContain(name);
    expect(given).toMatchObject({ HOST: '0.0.0.0', PORT: '8080' });
    expect(text).toMatch(/^EXPOSE 8080$/m);
  });

  it('asks for health in a way that Node understands', async () => {
    const [, command] = /^HEALTHCHECK [^[]*(\[.*\])$/m.exec((await read('Dockerfile')).replaceAll('\\\n', ''))!;
    const [program, flag, script] = JSON.parse(command) as string[];
    expect([program, flag]).toEqual(['node', '-e']);
    expect(() => new Function('fetch', 'process', script)).not.toThrow();
  });
});
