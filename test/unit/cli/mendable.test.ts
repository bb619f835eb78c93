import { describe, expect, it } from 'vitest';

import { ServerProblem } from '../../../src/cli/client.js';
import { mendable } from '../../../src/cli/evaluate/mendable.js';
import { UsageError } from '../../../src/cli/failures.js';
import { Problem } from '../../../src/routing/problem.js';

const told = (error: Error) =>
  mendable(() => Promise.reject(error)).then(
    () => expect.unreachable(),
    (thrown: Error) => thrown,
  );

describe('a fault of what was asked', () => {
  const errors = [
    { pointer: '/budgets/1/metric', detail: 'expected a metric, got "glory"' },
    { pointer: '/arms/0/id', detail: 'expected another name' },
  ];

  it('names the option that it came from, of a router here or in a service', async () => {
    const lines = '--budget: expected a metric, got "glory"\n/arms/0/id: expected another name';
    for (const error of [
      new Problem('invalid-router', 'both', errors),
      new ServerProblem(422, 'invalid-router', 'The router cannot be built as declared', 'both', errors),
    ]) {
      const thrown = await told(error);
      expect(thrown).toBeInstanceOf(UsageError);
      expect(thrown.message).toBe(lines);
    }
  });

  it('is told whole where no member is at fault', async () => {
    expect((await told(new Problem('invalid-router', 'too large'))).message).toBe('too large');
    expect((await told(new RangeError('the confidence lies between 0 and 1'))).message).toContain('the confidence');
  });

  it('is no other failure', async () => {
    const away = new Problem('database-unavailable', 'away');
    expect(await told(away)).toBe(away);
  });
});
