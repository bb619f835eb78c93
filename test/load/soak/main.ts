/** `npm run soak -- --minutes 60 --json FILE`: whether anything grows under a moderate load; `--help` tells more. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import type { Sample } from './sample.js';
import { runSoak, type SoakReport } from './soak.js';

const defaults = { minutes: '60', replicas: '2', rate: '200', 'feedback-batch': '50' };

const help = `npm run soak -- [options]

Offers a constant load to replicas of the built program over a Postgres of their own, one router with a half-life of
seconds and one without, while days of the logs are made and dropped. Samples memory after collections, open files and
handles, dead rows and sizes, fits a line through the second half of each, and exits with 1 where anything grew, a
request or a task in the background failed, or days and folds that were due were not made.

  --minutes M         length, 2 at least                     (default ${defaults.minutes})
  --replicas N                                               (default ${defaults.replicas})
  --rate R            decisions a second, with an outcome each (default ${defaults.rate})
  --feedback-batch K  feedback items a request               (default ${defaults['feedback-batch']})
  --json FILE         where the report goes
  --help              this text`;

function optionsOrExit() {
  try {
    const option = (name: keyof typeof defaults) => ({ type: 'string' as const, default: defaults[name] });
    const { values } = parseArgs({
      options: {
        minutes: option('minutes'),
        replicas: option('replicas'),
        rate: option('rate'),
        'feedback-batch': option('feedback-batch'),
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${help}\n`);
      return process.exit(0);
    }
    return {
      minutes: number('minutes', values.minutes, 2, 10_000),
      replicas: number('replicas', values.replicas, 1, 16),
      rate: number('rate', values.rate, 1, 100_000),
      feedbackBatch: number('feedback-batch', values['feedback-batch'], 1, 10_000),
      json: values.json,
    };
  } catch (error) {
    process.stderr.write(`soak: ${(error as Error).message}\n`);
    return process.exit(2);
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`expected --${name} to be whole, from ${least} to ${most}, got "${text}"; --help tells more`);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

function lineOf({ seconds, replicas, database }: Sample): string {
  const each = replicas.map(
    ({ rss_mb, heap_mb, open_files }) => `${rss_mb.toFixed(0)} MB, heap ${heap_mb.toFixed(1)} MB, ${open_files} files`,
  );
  const { dead_rows, days, log_mb, statistics_mb } = database;
  const stored = `${days} days, logs ${log_mb.toFixed(0)} MB, statistics ${statistics_mb.toFixed(1)} MB`;
  return `${(seconds / 60).toFixed(1).padStart(5)} min: ${each.join(' | ')} | ${dead_rows} dead rows, ${stored}`;
}

function conclude({ decisions, outcomes, trends, faults, ...done }: SoakReport): void {
  const days = `${done.days_made} days made and ${done.days_dropped} dropped`;
  say(`${decisions} decisions and ${outcomes} outcomes; ${days}, ${done.folds} stripes folded`);
  for (const [name, { mean, slope_per_hour: slope, grows }] of Object.entries(trends))
    say(
      `${grows ? 'GROWS ' : '      '}${name}: ${mean.toFixed(1)}, ${slope >= 0 ? '+' : ''}${slope.toFixed(1)} an hour`,
    );
  say(faults.length === 0 ? 'Nothing grew.' : `Not as it must be:\n  ${faults.join('\n  ')}`);
}

const { json, ...options } = optionsOrExit();
// Whatever was started ends with this process, if it is given the time to say so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  if (json !== undefined) await writeFile(json, '');
  const report = await runSoak({
    ...options,
    program: fileURLToPath(new URL('../../..', import.meta.url)),
    onSample: (sample) => say(lineOf(sample)),
  });
  conclude(report);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`soak: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
// Postgres of the tests keeps its pipes open for a moment.
process.exit();
