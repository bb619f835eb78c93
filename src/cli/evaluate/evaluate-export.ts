/**
 * Evaluates on an exported log with the router that made it, as it was before the log began: what a service answers of the
 * same window, to the last digit.
 */
import { estimatedBeside, evaluate } from '../../../sim/off-policy/evaluate.js';
import { openLog } from '../../../sim/off-policy/log/open-log.js';
import { outcomesOf } from '../../../sim/off-policy/reading.js';
import { playedRouter } from '../../../sim/off-policy/targets/played-router.js';
import { buildRouter } from '../../routing/router.js';
import { changed, checkProfiles } from '../../runtime/evaluate.js';
import { readState } from '../../runtime/exported-state.js';
import { UsageError } from '../failures.js';
import { readJsonFile } from '../json-file.js';
import type { Progress } from '../progress.js';
import { readings, told, type FileAnswer, type FileQuestion } from './evaluate-file.js';
import { mendable } from './mendable.js';

/**
 * @param state the file that `export --states` wrote for the first day of the log
 * @throws Problem 'invalid-state' | 'invalid-router', TableError
 */
export async function evaluateExport(
  path: string,
  state: string,
  question: Omit<FileQuestion, 'policy'> & Partial<Pick<FileQuestion, 'policy'>>,
  watch: (total: number) => Progress,
): Promise<FileAnswer> {
  const { policy, budgets, limit } = question;
  if (policy?.kind === 'table') throw new UsageError('table:FILE takes no --state');
  if (question.context !== undefined)
    throw new UsageError('expected no --context beside --state: the router of the state has features of its own');
  const { state: known, cells, encoders } = readState(await readJsonFile(state));
  const wish = { ...question, policy: policy?.policy, budget: budgets && [...budgets] };
  const spec = changed(known.spec, wish as Parameters<typeof changed>[1]);
  const parts = {
    ...{ tenant: '', spec, revision: 1, profiles: known.profiles, secret: new Uint8Array(16) },
    encoders: new Map(encoders.map((encoder) => [encoder.hash, encoder])),
  };
  const router = await mendable(() => buildRouter(parts));
  checkProfiles(router);
  const asked = { first: router.arms, encoded: router.encoder.schema, metrics: router.metricNames };
  const log = await openLog(path, { ...asked, ...(limit === undefined ? {} : { limit }) });
  const { objective } = router.spec;
  const metrics = router.metricNames.filter((name) => log.survey.metrics.has(name));
  const reading = {
    dimension: router.encoder.dimension,
    encode: ({ features }: { readonly features?: Int16Array }) => features!,
    outcomes: outcomesOf(objective, estimatedBeside(objective, metrics)),
  };
  const target = playedRouter({ name: router.policy.name, parts, arms: log.arms, cells });
  const progress = watch(readings * log.survey.rounds);
  try {
    const answer = await mendable(() => evaluate(told(log, progress), reading, target, question));
    return { ...answer, arms: log.arms.length, objective };
  } finally {
    progress.stop();
  }
}
