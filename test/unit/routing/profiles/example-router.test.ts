import { describe, expect, it } from 'vitest';
import Value from 'typebox/value';

import { exampleProfiles, exampleRouter } from '../../../../src/routing/profiles/example-router.js';
import { RouterSpec } from '../../../../src/routing/spec.js';
import { routerErrors } from '../../../../src/routing/validate-spec.js';

describe('the example router', () => {
  const router = exampleRouter();
  const tasksOf = (arm: string) => router.arms.find(({ id }) => id === arm)?.tasks;

  it('is a router that can be built', () => {
    expect(Value.Errors(RouterSpec, router)).toEqual([]);
    expect(routerErrors(router)).toEqual([]);
  });

  it('is called default and has every model of the shipped profiles', () => {
    expect(router.id).toBe('default');
    expect(router.arms.map((arm) => arm.id).sort()).toEqual(
      [...new Set(exampleProfiles().map((row) => row.arm))].sort(),
    );
    expect(router.arms).toHaveLength(32);
  });

  it('never asks a sentiment classifier to summarise', () => {
    expect(tasksOf('lvwerra/distilbert-imdb')).toEqual(['sentiment']);
    expect(tasksOf('facebook/bart-large-cnn')).toEqual(['summarization']);
    expect(tasksOf('google/flan-t5-xl')).toBeUndefined();
  });

  it('knows the three kinds of task and the nine data sets', () => {
    const [task] = router.features;
    expect(task).toMatchObject({ name: 'task', type: 'category' });
    const { values } = task as { values: string[] };
    expect(values.slice(0, 3)).toEqual(['sentiment', 'question-answering', 'summarization']);
    expect(values).toHaveLength(12);
  });
});
