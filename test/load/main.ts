/** `npm run load -- --replicas 1 --seconds 10 --json FILE`: what load the built program carries; `--help` tells more. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { machine } from '../support/machine.js';
import { runFeedback } from './feedback-only.js';
import { runGrowth } from './growth.js';
import { runLoad } from './load.js';
import { help, readOptions, type CommandOptions } from './options.js';
import {
  feedbackLine,
  feedbackTitles,
  growthLine,
  growthTitles,
  overloadLines,
  stepLine,
  stepTitles,
} from './table.js';

const clearLine = '\r\u001B[K';
/** What goes on now, where somebody watches; the rows of the table are progress enough for a file. */
const tell = (words: string) => {
  if (process.stderr.isTTY) process.stderr.write(`${clearLine}${words} …`);
};
const say = (line: string) => {
  if (process.stderr.isTTY) process.stderr.write(clearLine);
  process.stdout.write(`${line}\n`);
};

function measure(options: Omit<CommandOptions, 'json'> & { readonly program: string; readonly tell: typeof tell }) {
  // What is of one mode alone would mean something else to the others.
  const { mode, routers, rows, rate, settleSeconds, ...common } = options;
  if (mode === 'growth') {
    say(growthTitles);
    return runGrowth({ ...common, routers, rows, rate, settleSeconds, onRow: (row) => say(growthLine(row)) });
  }
  if (mode === 'feedback') {
    say(feedbackTitles);
    return runFeedback({ ...common, onRow: (row) => say(feedbackLine(row)) });
  }
  say(stepTitles);
  return runLoad({
    ...common,
    onStep: (row) => say(stepLine(row)),
    onOverload: (row) => overloadLines(row).forEach(say),
  });
}

async function run({ json, ...options }: CommandOptions): Promise<void> {
  // A report that cannot be written is better known before the measurement than after it.
  if (json !== undefined) await writeFile(json, '');
  say(machine());
  const report = await measure({ ...options, program: fileURLToPath(new URL('../..', import.meta.url)), tell });
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
}

function optionsOrExit(): CommandOptions {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') return options;
    process.stdout.write(`${help}\n`);
    return process.exit(0);
  } catch (error) {
    process.stderr.write(`load: ${(error as Error).message}\n`);
    return process.exit(2);
  }
}

// Whatever was started ends with this process, if it is given the time to say so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  await run(optionsOrExit());
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`load: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 1;
}
// Postgres of the tests keeps its pipes open for a moment.
process.exit();
