/** Where the service is: --url, else what PORT and HOST say, else http://127.0.0.1:8080. */
import { Option } from 'commander';

import { Client } from './client.js';
import { UsageError } from './failures.js';

export interface ServerOption {
  readonly url: string;
}

/** An address to listen on everywhere is no address to call; the loopback is. */
const callable = (host: string) => (host === '0.0.0.0' || host === '::' || host === '' ? '127.0.0.1' : host);

export function defaultUrl(environment: Readonly<Record<string, string | undefined>>): string {
  const host = callable(environment['HOST'] ?? '');
  return `http://${host.includes(':') ? `[${host}]` : host}:${environment['PORT'] || '8080'}`;
}

export const serverOption = () => new Option('--url <url>', 'the running service').default(defaultUrl(process.env));

/** @throws UsageError when the address is no http(s) URL */
export function clientOf({ url }: ServerOption): Client {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return new Client(url);
  if (url !== defaultUrl(process.env)) throw new UsageError(`expected --url as http://127.0.0.1:8080, got "${url}"`);
  // Nobody wrote that address: the environment made it.
  const given = ['PORT', 'HOST'].filter((name) => process.env[name]).map((name) => `${name}="${process.env[name]}"`);
  throw new UsageError(
    `expected PORT and HOST as 8080 and 127.0.0.1, got ${given.join(' and ')}; correct them, or say where the service is with --url`,
  );
}
