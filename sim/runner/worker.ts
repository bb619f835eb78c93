/** A thread that plays jobs of one scenario until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';

import { findPlayable } from '../scenarios/registry.js';
import type { WorkerAnswer, WorkerTask } from './run-jobs.js';

const { playable: name, prepared } = workerData as { playable: string; prepared: unknown };
const playable = findPlayable(name);
const opened = playable.open(prepared);

parentPort!.on('message', ({ index, job }: WorkerTask) => {
  parentPort!.postMessage({ index, result: playable.play(opened, job) } satisfies WorkerAnswer);
});
