import type { SeededRandom } from '../../support/random.js';
import type { Fault } from './fault.js';
import { feedbackFaults } from './feedback.js';
import { kills } from './kill.js';
import { lockFaults } from './locks.js';
import { migrationFaults } from './migration.js';
import { networkFaults } from './network.js';
import { replacements } from './replacement.js';
import { diskFull, serverFaults } from './server.js';
import { zombie } from './zombie.js';

/** Every fault that is drawn at random. */
export const allFaults: readonly Fault[] = [
  ...kills,
  ...networkFaults,
  ...serverFaults,
  diskFull,
  ...lockFaults,
  ...replacements,
  zombie,
  ...feedbackFaults,
  ...migrationFaults,
];

/** Draws a fault by weight. */
export function drawFault(random: SeededRandom, faults: readonly Fault[] = allFaults): Fault {
  let point = random.number() * faults.reduce((sum, { weight }) => sum + weight, 0);
  for (const fault of faults) {
    point -= fault.weight;
    if (point < 0) return fault;
  }
  return faults[faults.length - 1];
}
