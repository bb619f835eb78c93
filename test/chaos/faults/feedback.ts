/** What clients do to feedback, beyond what the load does all the time. */
import { setTimeout as sleep } from 'node:timers/promises';

import { between, type Fault } from './fault.js';

const duplicated: Fault = {
  kind: 'feedback sent again to every replica',
  weight: 5,
  inject: ({ load }) => load.repeat(),
};

const raced: Fault = {
  kind: 'feedback sent to every replica at once',
  weight: 5,
  inject: ({ load }) => load.race(),
};

const late: Fault = {
  kind: 'feedback late and out of order',
  weight: 3,
  async inject({ load }, random) {
    const ms = between(random, 1_000, 3_000);
    load.holdBack(ms);
    await sleep(ms);
    return true;
  },
};

export const feedbackFaults: readonly Fault[] = [duplicated, raced, late];
