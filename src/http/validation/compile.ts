/**
 * Request validation: TypeBox compiles each schema to a function (0.3 µs for a route request; Ajv takes 1.7 µs and,
 * unless told otherwise, lets Infinity through). Nothing is coerced, nothing removed, no default filled in.
 */
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import { Problem, type FieldError } from '../../routing/problem.js';
import type { JsonSchema } from './json-schema.js';
import { mismatches } from './mismatch.js';

const nouns: Readonly<Record<string, string>> = {
  body: 'body',
  params: 'address',
  querystring: 'query',
  headers: 'headers',
};

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  const noun = nouns[httpPart ?? 'body'] ?? 'body';
  return (value: unknown) => {
    if (compiled.Check(value)) return { value };
    return { error: refusal(noun, mismatches(schema as JsonSchema, value)) };
  };
};

/** One problem out of the errors of one request; its detail repeats the first, because many clients show only that. */
export function refusal(noun: string, errors: readonly FieldError[]): Problem {
  const first = errors[0];
  if (!first) return new Problem('invalid-request', `The ${noun} does not fit its schema; see /docs`);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  const where = first.pointer === '' ? `The ${noun}` : first.pointer;
  return new Problem('invalid-request', `${where}: ${first.detail}${more}`, errors);
}
