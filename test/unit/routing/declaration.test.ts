/** The reference of a declaration in `src/routing/README.md` is the schema's. */
import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from 'vitest';
import Value from 'typebox/value';

import { buildRouter } from '../../../src/routing/router.js';
import { RouterSpec } from '../../../src/routing/spec.js';
import { routerErrors } from '../../../src/routing/validate-spec.js';

let table: string;
let example: RouterSpec;
beforeAll(async () => {
  const readme = await readFile(new URL('../../../src/routing/README.md', import.meta.url), 'utf8');
  const section = readme.split('## A declaration, member by member')[1]!.split('\n## ')[0]!;
  table = section.split('```')[0]!;
  example = JSON.parse(/```json\n(.*?)```/s.exec(section)![1]!) as RouterSpec;
});

describe('the example of everything in a declaration', () => {
  it('fits the schema, agrees with itself, and makes a router', () => {
    expect(Value.Errors(RouterSpec, example)).toEqual([]);
    expect(routerErrors(example)).toEqual([]);
    const parts = { tenant: 't', revision: 1, profiles: [], encoders: new Map(), secret: new Uint8Array(16) };
    expect(buildRouter({ ...parts, spec: example }).arms).toEqual(example.arms.map(({ id }) => id));
  });

  it('has every member that there is, and every type of feature', () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(RouterSpec.properties).sort());
    expect(example.features.map(({ type }) => type).sort()).toEqual(['category', 'number', 'text', 'vector']);
  });
});

describe('the table of a declaration', () => {
  it('has a line for every member, and calls required those that are', () => {
    for (const name of Object.keys(RouterSpec.properties)) {
      const line = new RegExp(`^\\| \`${name}\` +\\| ([^|]*)\\|`, 'm').exec(table);
      expect(line, name).not.toBeNull();
      expect(line![1]!.trim() === 'required', name).toBe(RouterSpec.required.includes(name as never));
    }
  });

  it('lets arms, features and weights be empty', () => {
    expect(Value.Errors(RouterSpec, { id: 'r', arms: [], features: [], objective: {} })).toEqual([]);
  });
});
