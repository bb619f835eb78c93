import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';

import { malformedAt } from '../../../src/routing/json-position.js';
import { FeedbackBody, ProfileImport, RouterPatch } from '../../../src/http/schemas.js';
import type { JsonSchema } from '../../../src/http/validation/json-schema.js';
import { mismatches } from '../../../src/http/validation/mismatch.js';
import { RouteRequest } from '../../../src/routing/request.js';
import { Arm, RouterSpec } from '../../../src/routing/spec.js';
import { ExportedState } from '../../../src/runtime/exported-state.js';
import { bodies } from '../../support/bodies.js';

const schemas: Readonly<Record<keyof typeof bodies, TSchema>> = {
  route: RouteRequest,
  feedback: FeedbackBody,
  router: RouterSpec,
  routerPatch: RouterPatch,
  arm: Arm,
  profiles: ProfileImport,
  state: ExportedState,
};

describe.each(Object.keys(schemas) as (keyof typeof bodies)[])('%s', (name) => {
  const schema = schemas[name];
  const validator = Compile(schema);

  test('something is said of a value exactly when the compiled validator refuses it', () => {
    fc.assert(
      fc.property(bodies[name], (value) => {
        const errors = mismatches(schema as JsonSchema, value);
        expect(errors.length === 0).toBe(validator.Check(value));
        expect(errors.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 500 },
    );
  });

  test('every pointer leads to a value, or to a field that is missing from one', () => {
    fc.assert(
      fc.property(bodies[name], (value) => {
        for (const { pointer } of mismatches(schema as JsonSchema, value)) {
          const parent = pointer.split('/').slice(1, -1).reduce(at, value);
          expect(pointer === '' || (typeof parent === 'object' && parent !== null)).toBe(true);
        }
      }),
    );
  });
});

const at = (value: unknown, step: string): unknown =>
  (value as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')];

test('a position is found exactly when JSON.parse refuses, and the text before it could have gone on', () => {
  const fragments = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-0.5e3',
    'true',
    'nul',
    'NaN',
    ' ',
    '\n',
    '"\\u00e9"',
    '"',
    '\\',
    '01',
  );
  const nearJson = fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join(''));
  const cutJson = fc.tuple(fc.json(), fc.nat()).map(([json, cut]) => json.slice(0, cut % (json.length + 1)));
  fc.assert(
    fc.property(fc.oneof(nearJson, fc.json(), cutJson, fc.string()), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      const position = malformedAt(text);
      expect(position === -1).toBe(valid);
      expect(position).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2000 },
  );
});
