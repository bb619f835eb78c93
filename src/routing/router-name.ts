/**
 * What a router may be called. Names become segments of addresses and of paths, and cannot be changed afterwards, so that
 * every way to make a router asks here first.
 */
import { Problem } from './problem.js';

export const routerNamePattern = '^[a-z0-9][a-z0-9_-]{0,62}$';

const fits = new RegExp(routerNamePattern);

/** @throws Problem 'invalid-router' */
export function assertRouterName(name: string): void {
  if (fits.test(name)) return;
  const detail = `expected the name of a router to be at most 63 lower-case letters, digits, - and _, a letter or digit first, got ${JSON.stringify(name)}`;
  throw new Problem('invalid-router', detail, [{ pointer: '/id', detail }]);
}
