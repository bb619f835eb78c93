/** Experiment 3: mistral silently gets worse in phase 2, at the same cost, and recovers in phase 3. */
import { qualityChange } from '../../disturbances/quality-change.js';
import { driftExperiment } from './drift-experiment.js';
import { experiment3 as published } from './published.js';

const arm = 'mistralai/mistral-large-2512';

export const paretobandit3 = driftExperiment({
  name: 'paretobandit-3',
  title: 'A model gets worse without a word, and recovers',
  summary: 'the best model for its price silently gets worse for a phase',
  published,
  disturbances: { silent: (world) => qualityChange(world, { arm, becomes: { value: 0.75 }, window: { phase: '2' } }) },
  changes: [
    { phase: '2', label: 'mistral becomes .75' },
    { phase: '3', label: 'mistral recovers' },
  ],
});
