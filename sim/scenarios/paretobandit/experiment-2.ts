/** Experiment 2: gemini becomes nearly free in phase 2 and dear again in phase 3; the router is told the list price. */
import { priceChange } from '../../disturbances/price-change.js';
import type { World } from '../../worlds/world.js';
import { driftExperiment } from './drift-experiment.js';
import { experiment2 as published } from './published.js';

const arm = 'google/gemini-2.5-pro';
const factor = 0.1 / 5.625;
const changed = (told: boolean) => (world: World) => priceChange(world, { arm, factor, window: { phase: '2' }, told });

export const priceDrop = { told: changed(true), untold: changed(false) };

export const paretobandit2 = driftExperiment({
  name: 'paretobandit-2',
  title: 'A price falls and rises again',
  summary: 'a dear model becomes nearly free for a phase, told and not told',
  published,
  disturbances: priceDrop,
  changes: [
    { phase: '2', label: 'gemini × 0.018' },
    { phase: '3', label: 'gemini as before' },
  ],
});
