import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number, extra = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout, ...extra },
});

/** They only reckon: a file for each processor. */
const reckoning = { maxWorkers: availableParallelism(), sequence: { groupOrder: 0 } };
/** They start services and databases and watch the clock, so they leave a processor free; after the others, who fail sooner. */
const serving = {
  globalSetup: ['test/support/global-postgres.ts'],
  maxWorkers: Math.max(1, availableParallelism() - 1),
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000, reckoning),
      project('property', 60_000, reckoning),
      project('statistical', 120_000, reckoning),
      project('integration', 120_000, serving),
      project('e2e', 120_000, serving),
    ],
  },
});
