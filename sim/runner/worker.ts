/** A thread that plays jobs of one scenario until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';

import { findScenario } from '../scenarios/registry.js';
import type { WorkerAnswer, WorkerTask } from './run-jobs.js';

const { scenario: name, prepared } = workerData as { scenario: string; prepared: unknown };
const scenario = findScenario(name);
const opened = scenario.open(prepared);

parentPort!.on('message', ({ index, job }: WorkerTask) => {
  parentPort!.postMessage({ index, result: scenario.play(opened, job) } satisfies WorkerAnswer);
});
