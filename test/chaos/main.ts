/** `npm run chaos -- --faults 3000 --seed 7 --json result.json`: the service under faults, on the built program. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { runChaos } from './chaos.js';
import { readOptions, type CommandOptions } from './options.js';
import { isKept, type ChaosReport } from './report.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const textOf = (report: Readonly<ChaosReport>) => JSON.stringify(report, undefined, 2);

function lineOf(report: Readonly<ChaosReport>, faults: number): string {
  const { seconds, acknowledged, lost, doubled, decisions_checked: decisions, violations } = report;
  return (
    `${seconds} s: ${report.faults} of ${faults} faults; compared so far: ${acknowledged} outcomes acknowledged, ` +
    `${lost} lost, ${doubled} doubled, ${decisions} decisions made again; ${violations.length} violations`
  );
}

/** @returns the exit code */
async function run({ faults, seed, replicas, json, journal }: CommandOptions): Promise<number> {
  say(`Seed ${seed}, ${replicas} replicas, ${faults} faults`);
  const stream = journal === undefined ? undefined : createWriteStream(journal);
  const keep = async (report: Readonly<ChaosReport>) => {
    if (json !== undefined) await writeFile(json, `${textOf(report)}\n`);
  };
  const report = await runChaos({
    program: fileURLToPath(new URL('../..', import.meta.url)),
    faults,
    seed,
    replicas,
    tell: say,
    journal: (words) => void stream?.write(`${new Date().toISOString()} ${words}\n`),
    onProgress: (now) => say(lineOf(now, faults)),
    onRound: keep,
  });
  stream?.end();
  await keep(report);
  say(textOf(report));
  say(isKept(report) ? 'Every promise was kept.' : 'Promises were broken.');
  return isKept(report) ? 0 : 1;
}

// Whatever was started ends with this process, if it is given the time to say so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function optionsOrExit(): CommandOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return process.exit(2);
  }
}

process.exitCode = await run(optionsOrExit());
