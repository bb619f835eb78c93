/** `npm run chaos -- --faults 3000 --seed 7 --json result.json`: the service under faults, on the built program. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { runChaos } from './chaos.js';
import { isKept, type ChaosReport } from './report.js';

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    replicas: { type: 'string', default: '4' },
    json: { type: 'string' },
    journal: { type: 'string' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** @throws RangeError */
function wholeNumber(name: 'faults' | 'seed' | 'replicas', least: number): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new RangeError(`expected --${name} to be a whole number of at least ${least}, got "${values[name]}"`);
}

const options = {
  program: fileURLToPath(new URL('../..', import.meta.url)),
  faults: wholeNumber('faults', 1),
  seed: wholeNumber('seed', 0),
  replicas: wholeNumber('replicas', 4),
};

// Whatever was started ends with this process, if it is given the time to say so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const line = (report: Readonly<ChaosReport>) =>
  `${report.seconds} s: ${report.faults} of ${options.faults} faults; compared so far: ${report.acknowledged} outcomes ` +
  `acknowledged, ${report.lost} lost, ${report.doubled} doubled, ${report.decisions_checked} decisions made again; ` +
  `${report.violations.length} violations`;

say(`Seed ${options.seed}, ${options.replicas} replicas, ${options.faults} faults`);
const journal = values.journal === undefined ? undefined : createWriteStream(values.journal);
const report = await runChaos({
  ...options,
  tell: say,
  journal: (words) => void journal?.write(`${new Date().toISOString()} ${words}\n`),
  onProgress: (now) => say(line(now)),
});
const text = JSON.stringify(report, undefined, 2);
journal?.end();
say(text);
if (values.json !== undefined) await writeFile(values.json, `${text}\n`);
say(isKept(report) ? 'Every promise was kept.' : 'Promises were broken.');
process.exitCode = isKept(report) ? 0 : 1;
