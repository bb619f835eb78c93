/** Evaluates a policy on a log in a file, whoever made it. */
import {
  estimatedBeside,
  evaluate,
  type Evaluation,
  type EvaluationOptions,
} from '../../../sim/off-policy/evaluate.js';
import { featuresOfLog } from '../../../sim/off-policy/log/features-of-log.js';
import { openLog, type FileLog } from '../../../sim/off-policy/log/open-log.js';
import { usualMetrics } from '../../../sim/off-policy/log/survey.js';
import { readingOf } from '../../../sim/off-policy/reading.js';
import { routerOfLog } from '../../../sim/off-policy/router-of-log.js';
import { fixedTarget } from '../../../sim/off-policy/targets/fixed.js';
import { playedRouter } from '../../../sim/off-policy/targets/played-router.js';
import type { Target } from '../../../sim/off-policy/targets/target.js';
import { taskTableTarget, type TaskTable } from '../../../sim/off-policy/targets/task-table.js';
import { uniformTarget } from '../../../sim/off-policy/targets/uniform.js';
import { didYouMean } from '../../routing/nearest-name.js';
import type { Budget, Objective } from '../../routing/spec.js';
import { UsageError } from '../failures.js';
import { readJsonFile } from '../json-file.js';
import type { Progress } from '../progress.js';
import { contextOfLog } from './context-of-log.js';
import { mendable } from './mendable.js';
import type { WantedPolicy } from './policy-option.js';

export interface FileQuestion extends EvaluationOptions {
  readonly policy: WantedPolicy;
  readonly objective?: Objective;
  readonly budgets?: readonly Budget[];
  readonly floor?: number;
  readonly arms?: readonly string[];
  readonly context?: readonly string[];
  readonly limit?: number;
}

export interface FileAnswer extends Evaluation {
  readonly arms: number;
  readonly objective: Objective;
}

/** @param watch starts to show progress over so many rounds */
export async function evaluateFile(
  path: string,
  question: FileQuestion,
  watch: (total: number) => Progress,
): Promise<FileAnswer> {
  const asked = Object.keys({ ...question.objective }).concat((question.budgets ?? []).map(({ metric }) => metric));
  const log = await openLog(path, { ...question, metrics: [...new Set([...usualMetrics, ...asked])] });
  const objective = objectiveOf(log, question);
  checkBudgets(log, question);
  const notes = [...(await contextOfLog(log, question.context)), ...chosenFor(log, objective, question)];
  const target = await targetOf(log, objective, question);
  const metrics = estimatedBeside(objective, [...log.survey.metrics.keys()]);
  const reading = readingOf({ features: featuresOfLog(log.survey), objective, metrics });
  const progress = watch(readings * log.survey.rounds);
  try {
    const answer = await mendable(() => evaluate(told(log, progress), reading, target, question));
    return { ...answer, warnings: [...answer.warnings, ...notes], arms: log.arms.length, objective };
  } finally {
    progress.stop();
  }
}

/** Evaluation reads a log twice. */
export const readings = 2;

/** The same log, that tells how far it is read. */
export function told(log: FileLog, progress: Progress): FileLog {
  let done = 0;
  return {
    ...log,
    async *rounds() {
      for await (const round of log.rounds()) {
        yield round;
        if (++done % 100 === 0) progress.update(done);
      }
    },
  };
}

/** What is valued: as asked, else the reward or the accuracy. @throws UsageError when the log doesn't hold it */
export function objectiveOf({ survey, name }: FileLog, { objective }: Pick<FileQuestion, 'objective'>): Objective {
  const known = [...survey.metrics.keys()];
  if (objective === undefined) {
    const first = ['reward', 'accuracy'].find((metric) => survey.metrics.has(metric));
    if (first !== undefined) return { [first]: 1 };
    throw new UsageError(`${name} has neither reward nor accuracy; say what is valued with --objective`);
  }
  const strange = Object.keys(objective).find((metric) => !survey.metrics.has(metric));
  if (strange === undefined) return objective;
  throw noOutcome('', name, strange, known);
}

/** A budget on what no round tells of would bind by belief alone. @throws UsageError */
function checkBudgets({ survey, name }: FileLog, { budgets = [] }: Pick<FileQuestion, 'budgets'>): void {
  const strange = budgets.find(({ metric }) => !survey.metrics.has(metric));
  if (strange) throw noOutcome('--budget: ', name, strange.metric, [...survey.metrics.keys()]);
}

const noOutcome = (option: string, log: string, metric: string, known: readonly string[]): UsageError =>
  new UsageError(
    `${option}${log} has no outcome "${metric}"; it has ${known.join(', ') || 'none'}${didYouMean(metric, known)}`,
  );

/** Whoever logged accuracy beside costs probably weighs both, and the log does not say how. */
function chosenFor({ survey }: FileLog, chosen: Objective, { objective }: Pick<FileQuestion, 'objective'>): string[] {
  const others = [...survey.metrics.keys()].filter((metric) => !(metric in chosen));
  if (objective !== undefined || 'reward' in chosen || others.length === 0) return [];
  return [
    `valued by accuracy alone, though the log holds ${others.join(', ')} too; say what is weighed with --objective, as ` +
      `accuracy=1,${others[0]}=…, or, of an export, give the --state of its router`,
  ];
}

function targetOf(log: FileLog, objective: Objective, question: FileQuestion): Promise<Target> {
  const { policy: wanted, budgets, floor } = question;
  const { arms, survey } = log;
  return mendable(async () => {
    if (wanted.kind === 'table') return taskTableTarget(arms, await tableIn(wanted.file));
    const { policy } = wanted;
    if (policy.name === 'profile') throw new UsageError(noProfiles(log.name));
    if (policy.name === 'fixed' && !arms.includes(policy.arm)) return fixedTarget(arms, policy.arm);
    // Without a budget or a floor these two are what their names say.
    if (budgets === undefined && floor === undefined) {
      if (policy.name === 'fixed') return fixedTarget(arms, policy.arm);
      if (policy.name === 'uniform') return uniformTarget(arms);
    }
    const wish = { objective, policy, ...(budgets ? { budgets } : {}), ...(floor === undefined ? {} : { floor }) };
    const spec = routerOfLog(survey, wish);
    const parts = { tenant: '', spec, revision: 1, profiles: [], encoders: new Map(), secret: new Uint8Array(16) };
    return playedRouter({ name: policy.name, parts, arms });
  });
}

const noProfiles = (log: string): string =>
  `--policy: expected a policy that needs no profiles, for ${log} holds none, got profile. Those of a router come with the --state of ` +
  'its export, or ask its service or database with --router';

async function tableIn(file: string): Promise<TaskTable> {
  const table = await readJsonFile(file);
  if (typeof table === 'object' && table !== null && !Array.isArray(table)) return table as TaskTable;
  throw new UsageError(`${file}: expected {"task": "arm", "*": {"arm": 0.5, "other": 0.5}}`);
}
