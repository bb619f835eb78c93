/** What the library is opened with: a misspelt option would be ignored, and a store of another form be no store. */
import Type from 'typebox';

import { rendering } from '../http/validation/describe.js';
import { Problem } from '../routing/problem.js';
import { checker } from './checks.js';

/** Options may be functions and objects of the caller, which no schema describes: only their names are checked. */
const named = (...names: readonly string[]) =>
  checker(
    'options',
    Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(Type.Unknown())])), {
      additionalProperties: false,
    }),
  );

/** @throws Problem 'invalid-request' */
export const checkRouterOptions = named('spec', 'profiles', 'store', 'secret', 'logger', 'clock', 'env');
/** @throws Problem 'invalid-request' */
export const checkServiceOptions = named('store', 'secrets', 'logger', 'clock', 'env');

/** @throws Problem 'invalid-request' naming the forms that a store has */
export function checkStore(store: unknown): void {
  if (store === 'memory' || placesOf(store) === 1) return;
  const detail = `expected { dataDir: FOLDER }, { databaseUrl: ADDRESS }, 'memory', or for a router alone 'none', got ${told(store)}`;
  throw new Problem('invalid-request', `/store: ${detail}`, [{ pointer: '/store', detail }]);
}

function placesOf(store: unknown): number {
  const { dataDir, databaseUrl } = (store ?? {}) as Readonly<Record<string, unknown>>;
  return [dataDir, databaseUrl].filter((place) => typeof place === 'string' && place !== '').length;
}

/** Of an object its members, not their values: an address of a database may hold a password. */
function told(store: unknown): string {
  if (typeof store !== 'object' || store === null || Array.isArray(store)) return rendering(store);
  return `an object with ${Object.keys(store).slice(0, 12).join(', ') || 'nothing in it'}`;
}
