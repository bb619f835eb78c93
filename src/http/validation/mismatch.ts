/**
 * Says where and why a value does not fit its schema.
 *
 * The compiled validator answers yes or no in well under a microsecond; this slow walk runs only after a no. It
 * speaks to the person who has to mend the request: a JSON pointer, what was expected, what came, and a likely repair.
 * Of a union it explains the branch that the value seems to have meant, not all of them.
 */
import Format from 'typebox/format';

import { nearestName } from '../../routing/nearest-name.js';
import type { FieldError } from '../../routing/problem.js';
import { expectation, listing, rendering } from './describe.js';
import type { JsonSchema } from './json-schema.js';

type Fields = Record<string, unknown>;

/** @returns at most `limit` errors, none when the value fits */
export function mismatches(schema: JsonSchema, value: unknown, limit = 10): FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, value, '', errors, limit);
  return errors;
}

function walk(schema: JsonSchema, value: unknown, pointer: string, errors: FieldError[], limit: number): void {
  if (errors.length >= limit) return;
  if (schema.anyOf) return walkUnion(schema.anyOf, schema, value, pointer, errors, limit);
  if (!fitsItself(schema, value)) {
    errors.push({
      pointer,
      detail: `expected ${expectation(schema, value)}, got ${rendering(value)}${repair(schema, value)}`,
    });
    // A value of the right type still has members, but too many of them would only repeat the same complaint.
    return;
  }
  if (Array.isArray(value)) walkEntries(schema, value, pointer, errors, limit);
  else if (isFields(value)) walkFields(schema, value, pointer, errors, limit);
}

function walkEntries(schema: JsonSchema, value: unknown[], pointer: string, errors: FieldError[], limit: number): void {
  const items = schema.items;
  if (!items) return;
  for (let index = 0; index < value.length && errors.length < limit; index++) {
    walk(items, value[index], `${pointer}/${index}`, errors, limit);
  }
}

function walkFields(schema: JsonSchema, value: Fields, pointer: string, errors: FieldError[], limit: number): void {
  const properties = schema.properties ?? {};
  for (const name of schema.required ?? []) {
    if (errors.length >= limit) return;
    if (Object.hasOwn(value, name)) continue;
    errors.push({
      pointer: below(pointer, name),
      detail: `expected ${expectation(properties[name] ?? {})}, got nothing`,
    });
  }
  for (const [name, member] of Object.entries(value)) {
    if (errors.length >= limit) return;
    const declared = Object.hasOwn(properties, name) ? properties[name] : patternMember(schema, name);
    if (declared) walk(declared, member, below(pointer, name), errors, limit);
    else if (schema.additionalProperties === false) errors.push(unknownField(schema, name, pointer));
  }
}

/** The branch that the value seems to mean is explained; when none stands out, the union as a whole is. */
function walkUnion(
  branches: readonly JsonSchema[],
  union: JsonSchema,
  value: unknown,
  pointer: string,
  errors: FieldError[],
  limit: number,
): void {
  let meant: { errors: FieldError[]; likeness: number } | undefined;
  for (const branch of branches) {
    const found = mismatchesAt(branch, value, pointer, limit - errors.length);
    if (found.length === 0) return;
    const likeness = resemblance(branch, value);
    if (!meant || likeness > meant.likeness) meant = { errors: found, likeness };
  }
  const tags = isFields(value) ? tagErrors(branches, value, pointer) : undefined;
  if (tags) errors.push(tags);
  else if (meant && meant.likeness > 0) errors.push(...meant.errors);
  else
    errors.push({
      pointer,
      detail: `expected ${expectation(union, value)}, got ${rendering(value)}${repair(union, value)}`,
    });
}

function mismatchesAt(schema: JsonSchema, value: unknown, pointer: string, limit: number): FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, value, pointer, errors, limit);
  return errors;
}

/** How much a value looks like a branch: nothing unless the type agrees; a matching tag counts more than any field. */
function resemblance(branch: JsonSchema, value: unknown): number {
  const isNumber = typeof value === 'number' && branch.type === 'number';
  if ((!isNumber && !hasType(branch, value)) || 'const' in branch) return 0;
  if (!isFields(value) || !branch.properties) return 1;
  let likeness = 0.5;
  for (const [name, member] of Object.entries(branch.properties)) {
    if (!Object.hasOwn(value, name)) continue;
    if ('const' in member) likeness += member.const === value[name] ? 100 : -100;
    else likeness += 1;
  }
  return likeness;
}

/** When every branch is told by the same field (`type`, `name`) and that holds none of their values, that is the error. */
function tagErrors(branches: readonly JsonSchema[], value: Fields, pointer: string): FieldError | undefined {
  const tag = Object.keys(branches[0]?.properties ?? {}).find((name) =>
    branches.every((branch) => 'const' in (branch.properties?.[name] ?? {})),
  );
  if (tag === undefined) return undefined;
  const known = branches.map((branch) => branch.properties![tag]!.const);
  if (Object.hasOwn(value, tag) && known.includes(value[tag])) return undefined;
  const came = Object.hasOwn(value, tag) ? value[tag] : undefined;
  return {
    pointer: below(pointer, tag),
    detail: `expected ${expectation({ enum: known })}, got ${rendering(came)}${suggestion(came, known)}`,
  };
}

function unknownField(schema: JsonSchema, name: string, pointer: string): FieldError {
  const known = Object.keys(schema.properties ?? {});
  const pattern = Object.keys(schema.patternProperties ?? {})[0];
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const where = below(pointer, shown);
  if (pattern) return { pointer: where, detail: `expected a name like ${pattern}, got ${rendering(name)}` };
  const near = nearestName(name, known);
  const help = near ? `did you mean "${near}"?` : 'leave it out.';
  return { pointer: where, detail: `unknown field; ${help} Known here: ${listing(known)}` };
}

function patternMember(schema: JsonSchema, name: string): JsonSchema | undefined {
  for (const [pattern, member] of Object.entries(schema.patternProperties ?? {})) {
    if (new RegExp(pattern).test(name)) return member;
  }
  return undefined;
}

/** Whether the value itself fits, its members left aside. */
function fitsItself(schema: JsonSchema, value: unknown): boolean {
  if (!hasType(schema, value)) return false;
  if ('const' in schema) return schema.const === value;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (typeof value === 'string') return fitsText(schema, value);
  if (typeof value === 'number') return fitsNumber(schema, value);
  if (Array.isArray(value)) return within(value.length, schema.minItems, schema.maxItems);
  if (isFields(value)) return within(Object.keys(value).length, schema.minProperties, schema.maxProperties);
  return true;
}

function hasType(schema: JsonSchema, value: unknown): boolean {
  switch (schema.type) {
    case undefined:
      return true;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isFields(value);
    case 'null':
      return value === null;
    default:
      return typeof value === schema.type;
  }
}

function fitsText(schema: JsonSchema, value: string): boolean {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) return false;
  if (schema.format !== undefined && !Format.Test(schema.format, value)) return false;
  const { minLength, maxLength } = schema;
  return (minLength === undefined && maxLength === undefined) || within([...value].length, minLength, maxLength);
}

function fitsNumber(schema: JsonSchema, value: number): boolean {
  return (
    within(value, schema.minimum, schema.maximum) &&
    (schema.exclusiveMinimum === undefined || value > schema.exclusiveMinimum) &&
    (schema.exclusiveMaximum === undefined || value < schema.exclusiveMaximum)
  );
}

const within = (value: number, least = -Infinity, most = Infinity): boolean => value >= least && value <= most;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 6901. */
const below = (pointer: string, name: string): string =>
  `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function repair(schema: JsonSchema, value: unknown): string {
  const wantsNumber = schema.type === 'number' || schema.type === 'integer';
  if (typeof value === 'string' && wantsNumber && value.trim() !== '' && Number.isFinite(Number(value)))
    return '; write the number without quotes';
  if (schema.type === 'boolean' && (value === 'true' || value === 'false')) return '; write it without quotes';
  if (value === null) return '; leave the field out instead';
  if (Array.isArray(value)) {
    const list = (schema.anyOf ?? [schema]).map(onlyList).find((name) => name !== undefined);
    if (list !== undefined) return `; write {"${list}": […]}`;
  }
  const literals = schema.anyOf?.filter((branch) => 'const' in branch).map((branch) => branch.const);
  return literals ? suggestion(value, literals) : '';
}

/** The list that an object is there for, whose place a bare array may have taken. */
function onlyList({ required = [], properties = {} }: JsonSchema): string | undefined {
  const [name, ...others] = required;
  return name !== undefined && others.length === 0 && properties[name]?.type === 'array' ? name : undefined;
}

function suggestion(value: unknown, known: readonly unknown[]): string {
  const names = known.filter((name) => typeof name === 'string');
  const near = typeof value === 'string' ? nearestName(value, names) : undefined;
  return near ? `; did you mean "${near}"?` : '';
}
