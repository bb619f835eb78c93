import { expect, it, vi } from 'vitest';

import { TaskHealth } from '../../../src/runtime/task-health.js';

it('tells of a task that fails, and no more of those that fail because everything ends', async () => {
  const told: string[] = [];
  const logger = { info: () => undefined, warn: (details: object) => told.push(JSON.stringify(details)) };
  const health = new TaskHealth('follow', logger);
  const failing = (reason: string) => () => Promise.reject(new Error(reason));
  await health.watched('fold', failing('odd'))();
  health.end();
  await health.watched('follow', failing('driver has already been destroyed'))();
  expect(told).toEqual(['{"task":"fold","reason":"odd"}']);
  expect(health.reasons()).toEqual(['fold fails: odd']);
});

it('tells of a pulse that neither comes nor fails, until it does', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const health = new TaskHealth('follow', { info: () => undefined, warn: () => undefined });
    let end: () => void = () => undefined;
    const run = health.watched('follow', () => new Promise<void>((resolve) => (end = resolve)))();
    expect(health.reasons()).toEqual([]);
    vi.advanceTimersByTime(7_000);
    expect(health.reasons()).toEqual(['follow has been under way for 7 s']);
    end();
    await run;
    expect(health.reasons()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
