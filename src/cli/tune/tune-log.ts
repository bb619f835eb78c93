/** Tunes on a decision log: settings are evaluated off-policy, as far as a log can answer. */
import type { RouterSpec } from '../../routing/spec.js';
import { estimatedBeside } from '../../../sim/off-policy/evaluate.js';
import { featuresOfLog } from '../../../sim/off-policy/log/features-of-log.js';
import { openLog, type FileLog } from '../../../sim/off-policy/log/open-log.js';
import { usualMetrics } from '../../../sim/off-policy/log/survey.js';
import { readingOf } from '../../../sim/off-policy/reading.js';
import { routerOfLog } from '../../../sim/off-policy/router-of-log.js';
import { logGround, stagesOfLog } from '../../../sim/tuning/log-ground.js';
import { search } from '../../../sim/tuning/search.js';
import { stagesFor } from '../../../sim/tuning/stages.js';
import type { Tuned } from '../../../sim/tuning/report.js';
import { contextOfLog } from '../evaluate/context-of-log.js';
import { objectiveOf } from '../evaluate/evaluate-file.js';
import { Failure, UsageError } from '../failures.js';
import type { Progress } from '../progress.js';
import { remaining } from '../simulate.js';
import type { TuneOptions } from '../tune.js';
import { wantedStages } from './tune-table.js';

export async function tuneLog(path: string, options: TuneOptions, watch: (total: number) => Progress): Promise<Tuned> {
  refuseOptionsOfTables(options);
  const metrics = [...new Set([...usualMetrics, ...Object.keys(options.objective ?? {})])];
  const { context, limit } = options;
  const log = await openLog(path, {
    metrics,
    ...(context ? { context } : {}),
    ...(limit === undefined ? {} : { limit }),
  });
  await contextOfLog(log, context);
  const objective = objectiveOf(log, options);
  const declared = routerOfLog(log.survey, { objective, policy: { name: 'linucb' } });
  // The policy is the service's own, whichever that is.
  const { policy: _, ...rest } = declared;
  const spec: RouterSpec = { ...rest, id: options.name };
  const reading = readingOf({
    features: featuresOfLog(log.survey),
    objective,
    metrics: estimatedBeside(objective, [...log.survey.metrics.keys()]),
  });
  const every = stagesFor({ requests: log.survey.rounds, gapMs: await gapOf(log), profiled: false });
  const stages = wantedStages(
    every.filter(({ name }) => stagesOfLog.includes(name)),
    options,
  );
  const settings = 1 + stages.reduce((sum, stage) => sum + stage.options.length, 0);
  const progress = watch(settings);
  const began = performance.now();
  let done = 0;
  const onRun = () => progress.update(++done, remaining(performance.now() - began, done, settings));
  try {
    const { ground, rounds } = await logGround({ log, reading, spec, onRun });
    const found = await search(ground, stages);
    return { name: path, spec, search: found, unit: 'round', units: rounds >> 1, notes };
  } catch (error) {
    throw error instanceof RangeError ? new Failure(error.message) : error;
  } finally {
    progress.stop();
  }
}

const notes = [
  'values are doubly robust estimates; settings were chosen on the first half of the rounds and checked on the second',
  'a log cannot tell how widely to explore, for what a setting learns here came of the exploration of the policy that was logged: every setting is judged by choosing the best that it believes in; tune exploration on a table',
];

function refuseOptionsOfTables(options: TuneOptions): void {
  const given = { '--split': options.split, '--held-out': options.heldOut, '--seed-from': options.seedFrom };
  const more = { '--models': options.models, '--energy-weight': options.energyWeight, '--budget': options.budget };
  const stray = Object.entries({ ...given, ...more }).find(([, value]) => value !== undefined);
  if (stray) throw new UsageError(`${stray[0]} belongs to a table; this is a log`);
}

/** Milliseconds between two rounds on average; rounds without times count as a second apart. */
async function gapOf(log: FileLog): Promise<number> {
  let [least, greatest, count] = [Infinity, -Infinity, 0];
  for await (const { time } of log.rounds()) {
    if (time === undefined) return 1000;
    least = Math.min(least, time);
    greatest = Math.max(greatest, time);
    count++;
  }
  return count > 1 && greatest > least ? (greatest - least) / (count - 1) : 1000;
}
