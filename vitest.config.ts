import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number, extra = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('property', 60_000),
      project('statistical', 120_000),
      project('integration', 120_000, { globalSetup: ['test/support/global-postgres.ts'] }),
      project('e2e', 120_000, { globalSetup: ['test/support/global-postgres.ts'] }),
    ],
  },
});
