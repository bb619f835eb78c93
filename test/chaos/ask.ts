/** One request of a client to a replica, with a time-out, and what is to be said of how it went. */
import type { Replica } from './replica.js';

/** Beyond these a request counts as hung. Far beyond what the service takes, for the machine is busy. */
export const routeTimeoutMs = 15_000;
export const feedbackTimeoutMs = 30_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/**
 * Why there was no answer. `excused`: the replica was ended or stood still meanwhile. `starved`: the machine was so busy
 * that it had no processor for most of the time, which says nothing of the service.
 */
export type NoAnswer = 'excused' | 'starved' | 'hung' | 'refused';

export async function ask(
  replica: Replica,
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<Answer | NoAnswer> {
  const began = performance.now();
  try {
    const response = await fetch(replica.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = (await response.json()) as unknown;
    const tookMs = performance.now() - began;
    return { status: response.status, body: answer, retryAfter: response.headers.get('retry-after'), tookMs };
  } catch (error) {
    if (replica.isEnding || replica.stoodStill(began)) return 'excused';
    if (!(error instanceof Error) || error.name !== 'TimeoutError') return 'refused';
    return (await replica.starvedSince(began)) > timeoutMs / 2 ? 'starved' : 'hung';
  }
}
