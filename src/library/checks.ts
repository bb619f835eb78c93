/** A caller of the library may not be checked by a compiler: what comes in is held to the schemas of the HTTP API. */
import Type, { type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import { refusal } from '../http/validation/compile.js';
import type { JsonSchema } from '../http/validation/json-schema.js';
import { mismatches } from '../http/validation/mismatch.js';
import { Problem } from '../routing/problem.js';
import { FeedbackItem, RouteRequest } from '../routing/request.js';
import { RouterSpec } from '../routing/spec.js';

/** @throws Problem 'invalid-request' naming every field at fault */
export const checker = (noun: string, schema: TSchema) => {
  const compiled = Compile(schema);
  return (value: unknown): void => {
    if (!compiled.Check(value)) throw refusal(noun, mismatches(schema as JsonSchema, value));
  };
};

const question = Type.Omit(RouteRequest, ['router'], { additionalProperties: false });
export const checkQuestion = checker('request', question);

const report = Type.Omit(FeedbackItem, ['router'], { additionalProperties: false });
export const checkReports = checker('feedback', Type.Array(report));

const spec: TSchema = RouterSpec;
const compiledSpec = Compile(spec);

/** @throws Problem 'invalid-router' naming every field at fault */
export function checkSpec(value: unknown): void {
  if (compiledSpec.Check(value)) return;
  const errors = mismatches(spec as JsonSchema, value);
  throw new Problem('invalid-router', refusal('declaration', errors).message, errors);
}
