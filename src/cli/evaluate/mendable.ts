/** Faults of what was asked, told in the words of the command line that asked it. */
import { Problem, type FieldError } from '../../routing/problem.js';
import { ServerProblem } from '../client.js';
import { UsageError } from '../failures.js';

/** Members of a question, and of the router that it makes, that an option stands for. */
const options: Readonly<Record<string, string>> = {
  budgets: '--budget',
  budget: '--budget',
  policy: '--policy',
  objective: '--objective',
  floor: '--floor',
  from: '--from',
  to: '--to',
  limit: '--limit',
  range: '--range',
  confidence: '--confidence',
};

/** What the domain calls a value out of range, or a router that can't be as it was asked for, is a wrong command line here. */
export async function mendable<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    if (!isQuestionable(error)) throw error;
    throw error.errors.length > 0
      ? new UsageError(error.errors.map(inOptions).join('\n'))
      : new UsageError(error.message);
  }
}

const isQuestionable = (error: unknown): error is Problem | ServerProblem =>
  (error instanceof Problem || error instanceof ServerProblem) &&
  (error.code === 'invalid-router' || error.code === 'invalid-request');

/** `/budgets/0/metric: …` becomes `--budget: …`. */
function inOptions({ pointer, detail }: FieldError): string {
  const name = /^\/([a-z_]+)/.exec(pointer)?.[1] ?? '';
  return `${Object.hasOwn(options, name) ? options[name] : pointer || 'the whole'}: ${detail}`;
}
