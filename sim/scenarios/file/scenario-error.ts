import type { FieldError } from '../../../src/routing/problem.js';

/** What is wrong with a scenario, member by member. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('\n'));
  }
}

export const wrong = (pointer: string, detail: string): ScenarioError => new ScenarioError([{ pointer, detail }]);
