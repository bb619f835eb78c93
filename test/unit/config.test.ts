import { isAbsolute } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ConfigError, readConfig, settings, type Config } from '../../src/config.js';

const SECRET = 'c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==';

function problemsOf(...args: Parameters<typeof readConfig>): readonly string[] {
  try {
    readConfig(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('configuration', () => {
  test('without anything given, it listens on this machine alone with the embedded store', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ port: 8080, host: '127.0.0.1', logLevel: 'info', shutdownSeconds: 10 });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config).not.toHaveProperty('databaseUrl');
    expect(config).not.toHaveProperty('secret');
  });

  test('flags override the environment', () => {
    const config = readConfig({ PORT: '1', TRADEWIND_LOG_LEVEL: 'warn' }, { port: '2', logLevel: undefined });
    expect(config).toMatchObject({ port: 2, logLevel: 'warn' });
  });

  test('every problem is listed at once, named by where it was given', () => {
    const problems = problemsOf(
      { PORT: '80a', DATABASE_URL: 'mysql://x', TRADEWIND_SECRET: 'short', TRADEWIND_LOG_LEVEL: 'loud' },
      { shutdownSeconds: '-1', host: ' ' },
    );
    expect(problems).toHaveLength(6);
    expect(problems.join('\n')).toMatch(/^PORT: expected a whole number from 0 to 65535, got "80a"$/m);
    expect(problems.join('\n')).toMatch(/^--host: expected a value, got nothing$/m);
    expect(problems.join('\n')).toMatch(/^--shutdown-seconds: /m);
  });

  test('what is secret is never repeated', () => {
    const message = problemsOf({ DATABASE_URL: 'mysql://me:hunter2@db', TRADEWIND_SECRET: 'hunter2' }).join('\n');
    expect(message).toContain('DATABASE_URL');
    expect(message).toContain('TRADEWIND_SECRET');
    expect(message).not.toContain('hunter2');
  });

  test('an empty variable counts as absent', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({ port: 8080 });
  });

  test('a secret of one character over and over is refused', () => {
    expect(problemsOf({ TRADEWIND_SECRET: 'a'.repeat(64) })).toHaveLength(1);
    expect(readConfig({ TRADEWIND_SECRET: SECRET }).secret).toBe(SECRET);
  });

  test('while secrets change, each of them must be good', () => {
    expect(readConfig({ TRADEWIND_SECRET: `${SECRET}=,${SECRET}` }).secret).toContain(',');
    expect(problemsOf({ TRADEWIND_SECRET: `${SECRET},short` })).toHaveLength(1);
    expect(problemsOf({ TRADEWIND_SECRET: `${SECRET},` })).toHaveLength(1);
  });

  test('the configuration cannot be changed', () => {
    const config = readConfig({}) as { port: number };
    expect(() => (config.port = 1)).toThrow(TypeError);
  });

  test('any environment gives a configuration within its ranges, or a ConfigError', () => {
    const variables = Object.fromEntries(
      Object.values(settings).map(({ env }) => [
        env,
        fc.option(fc.oneof(fc.string(), fc.integer().map(String)), { nil: undefined }),
      ]),
    );
    fc.assert(
      fc.property(fc.record(variables), (env) => {
        let config: Config;
        try {
          config = readConfig(env);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).problems.length).toBeGreaterThan(0);
          return;
        }
        expect(Number.isInteger(config.port) && config.port >= 0 && config.port < 65536).toBe(true);
        expect(isAbsolute(config.dataDir)).toBe(true);
      }),
    );
  });
});
