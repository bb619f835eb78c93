/**
 * What a process is told from outside: environment variables, overridden by flags of the command line. Read here and
 * nowhere else, once, into a frozen value; when anything is wrong, everything that is wrong is said at once.
 */
import { resolve } from 'node:path';

export type LogLevel = (typeof logLevels)[number];
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent: the embedded store in `dataDir`. */
  readonly databaseUrl?: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Signs feedback tokens; several, with commas between them, the newest first. Absent: keys are made and kept in the store. */
  readonly secret?: string;
  readonly logLevel: LogLevel;
  /** Absent: nothing is traced. */
  readonly otlpEndpoint?: string;
  /** How long requests in flight may take to finish after a signal to stop. */
  readonly shutdownSeconds: number;
}

/** Flags by the names that commander gives them: `--database-url` is databaseUrl. Undefined: not given. */
export type Flags = Readonly<Partial<Record<keyof Config, string | undefined>>>;

interface Setting<T> {
  readonly env: string;
  readonly flag: string;
  readonly description: string;
  readonly fallback?: string;
  /** Its value is never repeated in a message. */
  readonly secret?: boolean;
  /** @returns the value, or what was expected instead in words */
  readonly parse: (text: string) => T | Expected;
}

class Expected {
  constructor(readonly words: string) {}
}

/** Every setting, for reading and for `--help`. */
export const settings: { readonly [K in keyof Config]-?: Setting<NonNullable<Config[K]>> } = {
  port: {
    env: 'PORT',
    flag: '--port',
    description: 'port to listen on; 0 takes a free one',
    fallback: '8080',
    parse: (text) => wholeNumber(text, 0, 65535),
  },
  host: {
    env: 'HOST',
    flag: '--host',
    description: 'address to listen on; 0.0.0.0 listens to the network, and this service has no login',
    fallback: '127.0.0.1',
    parse: (text) => (/^[A-Za-z0-9.:_%-]+$/.test(text) ? text : new Expected('an IP address or a host name')),
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    flag: '--database-url',
    description: 'postgres://user:password@host:5432/database; without it, an embedded database in the data folder',
    secret: true,
    parse: databaseUrl,
  },
  dataDir: {
    env: 'TRADEWIND_DATA_DIR',
    flag: '--data-dir',
    description: 'folder of the embedded database',
    fallback: './.tradewind',
    parse: (text) => (text.includes('\0') ? new Expected('a path') : resolve(text)),
  },
  secret: {
    env: 'TRADEWIND_SECRET',
    flag: '--secret',
    description:
      'signs feedback tokens; 32 characters at least; to change it, put the new one and a comma before the old; without it, keys are made and kept in the store',
    secret: true,
    parse: signingSecret,
  },
  logLevel: {
    env: 'TRADEWIND_LOG_LEVEL',
    flag: '--log-level',
    description: logLevels.join(', '),
    fallback: 'info',
    parse: (text) => logLevels.find((level) => level === text) ?? new Expected(`one of ${logLevels.join(', ')}`),
  },
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    flag: '--otlp-endpoint',
    description: 'where traces go by OTLP/HTTP, as http://127.0.0.1:4318; without it, nothing is traced',
    parse: httpUrl,
  },
  shutdownSeconds: {
    env: 'TRADEWIND_SHUTDOWN_SECONDS',
    flag: '--shutdown-seconds',
    description: 'how long requests in flight may take to finish after a signal to stop',
    fallback: '10',
    parse: (text) => wholeNumber(text, 1, 3600),
  },
};

/** Thrown with everything that is wrong, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * @param env usually process.env; a variable that is empty or blank counts as absent
 * @param flags what the command line gave; an empty flag is an error, because somebody wrote it
 * @throws ConfigError naming every setting at fault
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [keyof Config, Setting<unknown>][]) {
    const { origin, text } = given(setting, env, flags[name]);
    if (text === undefined) continue;
    const value = text.trim() === '' ? new Expected('a value') : setting.parse(text.trim());
    if (value instanceof Expected) problems.push(`${origin}: expected ${value.words}, got ${shown(setting, text)}`);
    else values[name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as unknown as Config;
}

function given(setting: Setting<unknown>, env: Readonly<Record<string, string | undefined>>, flag: string | undefined) {
  if (flag !== undefined) return { origin: setting.flag, text: flag };
  const variable = env[setting.env];
  if (variable !== undefined && variable.trim() !== '') return { origin: setting.env, text: variable };
  return { origin: setting.env, text: setting.fallback };
}

function shown(setting: Setting<unknown>, text: string): string {
  if (text.trim() === '') return 'nothing';
  return setting.secret ? `something else (${text.length} characters, not shown)` : JSON.stringify(text.slice(0, 100));
}

function wholeNumber(text: string, least: number, most: number): number | Expected {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : new Expected(`a whole number from ${least} to ${most}`);
}

function databaseUrl(text: string): string | Expected {
  const expected = new Expected('an address like postgres://user:password@host:5432/database');
  if (!URL.canParse(text)) return expected;
  return ['postgres:', 'postgresql:'].includes(new URL(text).protocol) ? text : expected;
}

function httpUrl(text: string): string | Expected {
  const isHttp = URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
  return isHttp ? text : new Expected('an address like http://127.0.0.1:4318');
}

/** Each secret must be long and not one character over and over; `openssl rand -base64 32` makes a good one. */
function signingSecret(text: string): string | Expected {
  const secrets = text.split(',').map((secret) => secret.trim());
  const strong = secrets.every((secret) => secret.length >= 32 && new Set(secret).size >= 8);
  return strong ? text : new Expected('at least 32 characters, not a few repeated (try: openssl rand -base64 32)');
}
