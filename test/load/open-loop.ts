/**
 * An open loop: every request has a moment at which it is due, whatever became of those before it. A latency is counted from
 * that moment, so that a server that stands still is charged for the requests it kept from being sent (coordinated omission;
 * G. Tene, "How NOT to measure latency", and wrk2). Timers wake at whole milliseconds: up to one is added to a latency.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param rate requests a second
 * @param send told when the request was due, in milliseconds of `performance.now()`, and which one it is, from 0
 * @returns the moment at which the first was due
 */
export async function openLoop(
  rate: number,
  seconds: number,
  send: (dueAt: number, index: number) => void,
): Promise<number> {
  const start = performance.now();
  const total = Math.max(1, Math.round(rate * seconds));
  let next = 0;
  for (;;) {
    const due = Math.min(total, 1 + Math.floor(((performance.now() - start) / 1000) * rate));
    for (; next < due; next++) send(start + (next * 1000) / rate, next);
    if (next === total) return start;
    await sleep(1);
  }
}
