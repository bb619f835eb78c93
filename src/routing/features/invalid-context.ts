import { Problem } from '../problem.js';

/**
 * The context doesn't fit a feature.
 * @param expected what the field must be, as in "a string"
 * @param got what came, shown shortened
 */
export function invalidContext(field: string, expected: string, got: string): Problem {
  const detail = `context.${field} must be ${expected}, got ${got}`;
  const pointer = `/context/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return new Problem('invalid-context', detail, [{ pointer, detail }]);
}

/** @throws Problem 'invalid-context' unless the value is a string */
export function requireText(field: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidContext(field, 'a text', shown(value));
}

/** A value as a message shows it: its kind, and as much of it as helps. */
export function shown(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return `a value of type ${typeof value}`;
}
