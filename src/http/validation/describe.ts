/** What a schema asks for and what a value is, in words short enough for an error message. */
import type { JsonSchema } from './json-schema.js';

const LONGEST_QUOTE = 60;
const LONGEST_LIST = 12;

/**
 * `a number ≥ 0`, `one of "error", "relax"`, `a string of at most 64 characters`.
 * @param came what was given instead: a pattern is shown only to those who sent a string, and that a number be finite to those who sent NaN
 */
export function expectation(schema: JsonSchema, came?: unknown): string {
  if (schema.anyOf) return union(schema.anyOf, came);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return oneOf(schema.enum);
  switch (schema.type) {
    case 'string':
      return text(schema, came);
    case 'number':
    case 'integer':
      return number(schema, came);
    case 'boolean':
      return 'true or false';
    case 'array':
      return sized('an array', 'entries', schema.minItems, schema.maxItems);
    case 'object':
      return sized('an object', 'fields', schema.minProperties, schema.maxProperties);
    case 'null':
      return 'null';
    default:
      return 'a JSON value';
  }
}

/** `"lots"`, `3`, `an array of 7`, `nothing`. Long strings are cut. */
export function rendering(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Number.isNaN(value)) return 'NaN';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number beyond ±1.8e308, the largest there is';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value !== null && typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  return JSON.stringify(value);
}

/** Names in quotes, at most twelve of them. */
export function listing(names: readonly string[]): string {
  const shown = names.slice(0, LONGEST_LIST).map(quoted).join(', ');
  return names.length > LONGEST_LIST ? `${shown} and ${names.length - LONGEST_LIST} more` : shown;
}

function quoted(value: string): string {
  if (value.length <= LONGEST_QUOTE) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, LONGEST_QUOTE))}… (${value.length} characters)`;
}

function oneOf(values: readonly unknown[]): string {
  return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}

function union(branches: readonly JsonSchema[], came: unknown): string {
  if (branches.every((branch) => 'const' in branch)) return oneOf(branches.map((branch) => branch.const));
  return [...new Set(branches.map((branch) => expectation(branch, came)))].join(', or ');
}

function text(schema: JsonSchema, came: unknown): string {
  if (schema.format) return `a string in the form of a ${schema.format.toUpperCase()}`;
  if (schema.pattern) {
    const hint = schema.description ? ` (${schema.description})` : '';
    return typeof came === 'string' ? `a string like ${schema.pattern}${hint}` : `a string${hint}`;
  }
  return sized('a string', 'characters', schema.minLength, schema.maxLength);
}

function number(schema: JsonSchema, came: unknown): string {
  const bounds = [
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `> ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.exclusiveMaximum !== undefined && `< ${schema.exclusiveMaximum}`,
  ].filter((bound) => bound !== false);
  // Only a program can send NaN, for which its own language has the type of a number.
  const sort = Number.isNaN(came) ? 'a finite number' : 'a number';
  const noun = schema.type === 'integer' ? 'a whole number' : sort;
  return bounds.length > 0 ? `${noun} ${bounds.join(' and ')}` : noun;
}

function sized(noun: string, unit: string, least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${noun} of ${least} to ${most} ${unit}`;
  if (most !== undefined) return `${noun} of at most ${most} ${unit}`;
  if (least !== undefined && least > 0) return `${noun} of at least ${least} ${unit}`;
  return noun;
}
