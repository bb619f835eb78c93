import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { runJobs } from '../../../../sim/runner/run-jobs.js';
import { scenarioOf } from '../../../../sim/scenarios/file/comparison.js';
import { ScenarioFile } from '../../../../sim/scenarios/file/format.js';
import type { JsonSchema } from '../../../../src/http/validation/json-schema.js';
import { mismatches } from '../../../../src/http/validation/mismatch.js';

const folder = mkdtempSync(join(tmpdir(), 'tradewind-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

const readme = readFileSync(new URL('../../../../sim/README.md', import.meta.url), 'utf8');
const example = (language: string, after: string) =>
  readme.slice(readme.indexOf(after)).match(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``))![1]!;

it('the example of the README works as printed, on the table that is printed there', async () => {
  writeFileSync(join(folder, 'mine.csv'), example('csv', '## Tables'));
  const file = JSON.parse(example('json', '## Scenarios of your own')) as ScenarioFile;
  expect(mismatches(ScenarioFile as unknown as JsonSchema, file)).toEqual([]);
  const scenario = scenarioOf(file);
  const prepared = await scenario.prepare(folder);
  const jobs = scenario.jobs(prepared, 1);
  const results = await runJobs(scenario as never, prepared, jobs, { threads: 0 });
  const { lines } = scenario.conclude(prepared, jobs, results as never);
  expect(lines.join('\n')).toMatch(/always large against bandit: reward −0\.\d+/);
});
