/** Plays the jobs of a scenario, or of a tuning, in worker threads, or in this one. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { Playable } from '../scenarios/scenario.js';

export interface RunOptions {
  /** Threads; 0 plays in the calling one. As many as there are processors by default. */
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a thread is told and answers. */
export interface WorkerTask {
  readonly index: number;
  readonly job: unknown;
}
export interface WorkerAnswer {
  readonly index: number;
  readonly result: unknown;
}

/**
 * @returns results in the order of the jobs, whatever order they were played in
 * @throws what a job threw
 */
export async function runJobs(
  playable: Playable,
  prepared: unknown,
  jobs: readonly unknown[],
  options: RunOptions = {},
): Promise<unknown[]> {
  const { threads = availableParallelism(), onProgress } = options;
  if (threads === 0) return runHere(playable, prepared, jobs, onProgress);
  const results = new Array<unknown>(jobs.length);
  let next = 0;
  let done = 0;
  const runThread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { playable: playable.name, prepared },
      });
      const give = (): void => {
        if (next >= jobs.length) return void worker.terminate().then(() => resolve(), reject);
        const index = next++;
        worker.postMessage({ index, job: jobs[index] } satisfies WorkerTask);
      };
      worker.on('message', ({ index, result }: WorkerAnswer) => {
        results[index] = result;
        onProgress?.(++done, jobs.length);
        give();
      });
      worker.on('error', (error) => {
        next = jobs.length;
        reject(error);
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runThread));
  return results;
}

function runHere(
  playable: Playable,
  prepared: unknown,
  jobs: readonly unknown[],
  onProgress: RunOptions['onProgress'],
): unknown[] {
  const opened = playable.open(prepared);
  return jobs.map((job, i) => {
    const result = playable.play(opened, job);
    onProgress?.(i + 1, jobs.length);
    return result;
  });
}
