import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { repeat } from '../../../src/runtime/repeat.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const hourMs = 3_600_000;

it('runs soon for the first time, pauses after each run, and tries again soon what failed', async () => {
  const task = vi
    .fn<() => Promise<boolean>>()
    .mockResolvedValue(true)
    .mockResolvedValueOnce(true)
    .mockResolvedValueOnce(false);
  const repeated = repeat(hourMs, task);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(task).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(task).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(task).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(hourMs - 1);
  expect(task).toHaveBeenCalledTimes(3);
  await repeated.stop();
});

it('waits no longer after a failure than otherwise', async () => {
  const task = vi.fn<() => Promise<boolean>>().mockResolvedValue(false);
  const repeated = repeat(250, task);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(task).toHaveBeenCalledTimes(4);
  await repeated.stop();
});

it('ends when the run that is under way has ended', async () => {
  let finish: (done: boolean) => void = () => undefined;
  const task = vi.fn(() => new Promise<boolean>((resolve) => (finish = resolve)));
  const repeated = repeat(10, task);
  await vi.advanceTimersByTimeAsync(10);
  const stopped = vi.fn();
  const stopping = repeated.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stopped).not.toHaveBeenCalled();
  finish(true);
  await stopping;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(task).toHaveBeenCalledTimes(1);
});
