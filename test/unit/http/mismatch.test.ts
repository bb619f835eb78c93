import { describe, expect, test } from 'vitest';
import Type from 'typebox';

import { FeedbackItem, RouteRequest } from '../../../src/routing/request.js';
import { RouterSpec } from '../../../src/routing/spec.js';
import { FeedbackBody, RouterPatch } from '../../../src/http/schemas.js';
import type { JsonSchema } from '../../../src/http/validation/json-schema.js';
import { mismatches } from '../../../src/http/validation/mismatch.js';

const told = (schema: unknown, value: unknown, limit?: number) =>
  mismatches(schema as JsonSchema, value, limit).map(({ pointer, detail }) => `${pointer}: ${detail}`);

const request = (rest: object) => ({ router: 'default', context: { task: 'qa' }, ...rest });
const router = (rest: object) => ({ id: 'r', arms: [], features: [], objective: {}, ...rest });

describe('what a caller is told of a request that does not fit', () => {
  test('a request that fits is told nothing', () => {
    expect(told(RouteRequest, request({ constraints: { max_energy_j: 5, otherwise: 'relax' } }))).toEqual([]);
  });

  test('a wrong type names the field, what was expected and what came', () => {
    expect(told(RouteRequest, request({ constraints: { max_energy_j: 'lots' } }))).toEqual([
      '/constraints/max_energy_j: expected a number ≥ 0, got "lots"',
    ]);
  });

  test('a number in quotes is told to lose them', () => {
    expect(told(RouteRequest, request({ constraints: { max_energy_j: '5' } }))[0]).toContain('without quotes');
  });

  test('a number past the largest double is named as such, also inside a union', () => {
    const [error] = told(RouteRequest, { router: 'default', context: { tokens: Infinity } });
    expect(error).toBe('/context/tokens: expected a number, got a number beyond ±1.8e308, the largest there is');
  });

  test('NaN is told to be finite', () => {
    expect(told(RouteRequest, request({ constraints: { max_energy_j: NaN } }))[0]).toBe(
      '/constraints/max_energy_j: expected a finite number ≥ 0, got NaN',
    );
    expect(told(RouteRequest, { router: 'default', context: { tokens: NaN } })[0]).toContain(
      'a finite number, got NaN',
    );
  });

  test('a bare list is told the object around it, an empty object is called so', () => {
    expect(told(FeedbackBody, [{ failed: true }])[0]).toMatch(/got an array of 1; write {"items": \[…\]}$/);
    expect(told(RouterPatch, {})[0]).toContain('got an empty object');
  });

  test('an arm is bound to a task at least', () => {
    expect(told(RouterSpec, router({ arms: [{ id: 'a', tasks: [] }] }))[0]).toMatch(
      /^\/arms\/0\/tasks: expected .* at least 1 .*got an array of 0/,
    );
  });

  test('null is told that leaving the field out is the way', () => {
    expect(told(FeedbackItem, { failed: null })[0]).toBe(
      '/failed: expected true or false, got null; leave the field out instead',
    );
  });

  test('a misspelt field is told its nearest name, a strange one all names', () => {
    expect(told(RouteRequest, request({ constraint: {} }))[0]).toContain('did you mean "constraints"?');
    expect(told(RouteRequest, request({ zzz: 1 }))[0]).toMatch(/unknown field; leave it out\. Known here: "router"/);
  });

  test('a missing field says what it should hold', () => {
    expect(told(RouteRequest, { router: 'default' })).toEqual([
      '/context: expected an object of at most 64 fields, got nothing',
    ]);
  });

  test('a choice of words lists them and guesses', () => {
    expect(told(RouteRequest, request({ constraints: { otherwise: 'eror' } }))).toEqual([
      '/constraints/otherwise: expected one of "error", "relax", "baseline", got "eror"; did you mean "error"?',
    ]);
  });

  test('a union told apart by a tag complains of the tag, or else of the branch that was meant', () => {
    expect(told(RouterSpec, router({ policy: { name: 'linucbb' } }))[0]).toMatch(
      /^\/policy\/name: .*did you mean "linucb"\?$/,
    );
    expect(told(RouterSpec, router({ features: [{ name: 'a', type: 'text', dimension: 4 }] }))).toEqual([
      '/features/0/dimension: expected a whole number ≥ 8 and ≤ 1024, got 4',
    ]);
  });

  test('a union of types complains inside the branch whose type came', () => {
    expect(told(RouteRequest, { router: 'default', context: { v: [1, 'x'] } })).toEqual([
      '/context/v/1: expected a number, got "x"',
    ]);
  });

  test('pointers escape slashes and tildes', () => {
    const schema = Type.Object({ 'a/b~c': Type.Number() });
    expect(told(schema, { 'a/b~c': 'x' })[0]).toMatch(/^\/a~1b~0c: /);
  });

  test('a million faults give ten errors, and long texts are cut', () => {
    const metrics = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, 'x'.repeat(1e5)]));
    const errors = told(FeedbackItem, { metrics });
    expect(errors).toHaveLength(10);
    expect(Math.max(...errors.map((error) => error.length))).toBeLessThan(200);
  });
});
