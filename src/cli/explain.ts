/** `tradewind explain`: why a decision came out as it did. */
import type { Command } from 'commander';

import type { Explanation } from '../routing/explain.js';
import { routerOption, type RouterOption } from './arms.js';
import { withExamples } from './examples.js';
import { print, printJson } from './output.js';
import { clientOf, serverOption } from './server-option.js';
import { figure, textTable } from './text-table.js';

export function addExplain(program: Command): void {
  withExamples(
    program.command('explain <decision>'),
    'tradewind explain 019e5a2c-0b7e-7a31-9d2f-5f0c2b6f8f11 --router default',
  )
    .description('recompute a logged decision and say why it came out as it did')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (decision: string, options: RouterOption & { readonly json?: true }) => {
      const explanation = await clientOf(options).explain(options.router, decision);
      if (options.json) return printJson(explanation);
      print(...describeExplanation(explanation));
    });
}

/** A decision in a screen of text. */
export function describeExplanation(explanation: Explanation): string[] {
  const { policy } = explanation;
  const features = explanation.features.filter((feature) => feature.value !== 0);
  return [
    `${explanation.router} chose ${explanation.arm} at ${explanation.decided_at}`,
    `  probability ${figure(explanation.propensity)}, draw ${explanation.draw.toFixed(6)}, policy ${policy.name}, revision ${policy.revision}`,
    `  ${explanation.reproduced ? 'recomputed from the logs: the same' : 'recomputed from the logs: NOT the same as logged'}`,
    `  features ${features.map((feature) => `${feature.label} ${figure(feature.value)}`).join(', ')}`,
    '',
    ...armTable(explanation.arms),
    '',
    ...metricTable(explanation.arms),
  ];
}

type ExplainedArm = Explanation['arms'][number];

const armTable = (arms: readonly ExplainedArm[]) =>
  textTable(arms, [
    { title: 'arm', text: (arm) => arm.arm, width: 48 },
    { title: 'probability', text: (arm) => figure(arm.probability), right: true },
    { title: 'utility', text: (arm) => figure(arm.utility), right: true },
    { title: '±', text: (arm) => figure(arm.deviation), right: true },
    { title: 'excluded', text: (arm) => arm.excluded ?? '', width: 40 },
  ]);

const metricTable = (arms: readonly ExplainedArm[]) =>
  textTable(
    arms.flatMap((arm) => arm.metrics.map((metric) => ({ arm: arm.arm, ...metric }))),
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
