/** Readers of option values; each says what it expected. */
import { InvalidArgumentError } from 'commander';

import type { Objective } from '../routing/spec.js';

export const wholeNumber = (text: string): number => wholeFrom(0, text);

export const positiveInteger = (text: string): number => wholeFrom(1, text);

function wholeFrom(least: number, text: string, why = ''): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw new InvalidArgumentError(`Expected a whole number from ${least}${why}.`);
}

/** Runs that are played alike but for their luck. */
export const seedCount = (text: string): number =>
  wholeFrom(2, text, ': at least 2 seeds, to know how far they differ');

export function finiteNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

export function share(text: string): number {
  const value = finiteNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('Expected a share between 0 and 1.');
  return value;
}

export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw new InvalidArgumentError('Expected names with commas between them.');
  return [...new Set(list)];
}

/** `accuracy=1,cost_usd=-250` → {accuracy: 1, cost_usd: -250} */
export function objective(text: string): Objective {
  const entries = names(text).map((term) => {
    const [, metric, weight] = /^([a-z][a-z0-9_]*)=(.+)$/.exec(term) ?? [];
    const value = weight === undefined ? NaN : Number(weight);
    if (metric === undefined || !Number.isFinite(value))
      throw new InvalidArgumentError(`Expected metric=weight as in accuracy=1,cost_usd=-250, got "${term}".`);
    return [metric, value] as const;
  });
  return Object.fromEntries(entries);
}
