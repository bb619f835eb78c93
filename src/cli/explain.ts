/** `tradewind explain`: why a decision came out as it did. */
import type { Command } from 'commander';

import type { Explanation } from '../routing/explain.js';
import { routerOption, type RouterOption } from './arms.js';
import { withExamples } from './examples.js';
import { print, printJson } from './output.js';
import { clientOf, serverOption } from './server-option.js';
import { figure, textTable } from './text-table.js';

interface ExplainOptions extends RouterOption {
  readonly all?: true;
  readonly json?: true;
}

/** Arms whose terms are shown unless all are asked for. */
const fewArms = 4;

export function addExplain(program: Command): void {
  withExamples(
    program.command('explain <decision>'),
    'tradewind explain 019e5a2c-0b7e-7a31-9d2f-5f0c2b6f8f11 --router default',
  )
    .description('recompute a logged decision and say why it came out as it did')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--all', 'also the arms that could not be chosen, and the terms of every arm')
    .option('--json', 'print JSON')
    .action(async (decision: string, options: ExplainOptions) => {
      const explanation = await clientOf(options).explain(options.router, decision);
      if (options.json) return printJson(explanation);
      print(...describeExplanation(explanation, options.all));
    });
}

/** A decision in a screen of text: the candidates by utility, and how the utility of the best of them comes about. */
export function describeExplanation(explanation: Explanation, all = false): string[] {
  const { policy } = explanation;
  const candidates = explanation.arms.filter((arm) => arm.excluded === undefined).sort((a, b) => b.utility - a.utility);
  const excluded = explanation.arms.length - candidates.length;
  const isChosen = (arm: ExplainedArm) => arm.arm === explanation.arm;
  const [chosen, others] = [candidates.filter(isChosen), candidates.filter((arm) => !isChosen(arm))];
  const features = explanation.features.filter((feature) => feature.value !== 0);
  return [
    `${explanation.router} chose ${explanation.arm} at ${explanation.decided_at}`,
    `  probability ${figure(explanation.propensity)}, draw ${explanation.draw.toFixed(6)}, policy ${policy.name}, revision ${policy.revision}`,
    `  ${explanation.reproduced ? 'recomputed from the logs: the same' : 'recomputed from the logs: NOT the same as logged'}`,
    `  features ${features.map((feature) => `${feature.label} ${figure(feature.value)}`).join(', ')}`,
    '',
    ...armTable(all ? explanation.arms : candidates),
    ...(all || excluded === 0 ? [] : [`and ${excluded} more that could not be chosen; --all shows them and why`]),
    '',
    ...(all ? metricTable(explanation.arms) : metricTable([...chosen, ...others].slice(0, fewArms), saysSomething)),
  ];
}

type ExplainedArm = Explanation['arms'][number];
type ExplainedMetric = ExplainedArm['metrics'][number];

const armTable = (arms: readonly ExplainedArm[]) =>
  textTable(arms, [
    { title: 'arm', text: (arm) => arm.arm, width: 48 },
    { title: 'probability', text: (arm) => figure(arm.probability), right: true },
    { title: 'utility', text: (arm) => figure(arm.utility), right: true },
    { title: '±', text: (arm) => figure(arm.deviation), right: true },
    { title: 'excluded', text: (arm) => arm.excluded ?? '', width: 40 },
  ]);

/** Not weighed, never heard of, and nothing expected: every router has metrics that it leaves alone. */
const saysSomething = ({ weight, outcomes, mean, prior_mean: prior }: ExplainedMetric): boolean =>
  weight !== 0 || outcomes !== 0 || mean !== 0 || prior !== 0;

const metricTable = (arms: readonly ExplainedArm[], wanted: (metric: ExplainedMetric) => boolean = () => true) =>
  textTable(
    arms.flatMap((arm) => arm.metrics.filter(wanted).map((metric) => ({ arm: arm.arm, ...metric }))),
    [
      { title: 'arm', text: (term) => term.arm, width: 32 },
      { title: 'metric', text: (term) => term.metric },
      { title: 'prior', text: (term) => figure(term.prior_mean), right: true },
      { title: '+ evidence', text: (term) => figure(term.evidence_shift), right: true },
      { title: '= mean', text: (term) => figure(term.mean), right: true },
      { title: '× weight', text: (term) => figure(term.weight), right: true },
      { title: '= utility', text: (term) => figure(term.utility), right: true },
      { title: 'outcomes', text: (term) => String(term.outcomes), right: true },
    ],
  );
