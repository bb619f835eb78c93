/** `tradewind encoder fit`: learn, from a router's own prompts, in which ways prompts differ. */
import { writeFile } from 'node:fs/promises';

import type { Command } from 'commander';

import type { TextFeature } from '../routing/spec.js';
import type { RouterState } from '../runtime/service.js';
import { routerOption, type RouterOption } from './arms.js';
import { withExamples } from './examples.js';
import { UsageError } from './failures.js';
import { base64, fitEncoder } from './fit-encoder.js';
import { positiveInteger, wholeNumber } from './option-values.js';
import { print } from './output.js';
import { readPrompts } from './prompts-file.js';
import { clientOf, serverOption } from './server-option.js';

interface FitOptions extends RouterOption {
  readonly feature: string;
  readonly prompts: string;
  readonly field: string;
  readonly dimension?: number;
  readonly seed: number;
  readonly out?: string;
}

export function addEncoder(program: Command): void {
  const encoder = program.command('encoder').description('text encoders fitted on the prompts of a router');
  withExamples(
    encoder.command('fit'),
    'tradewind encoder fit --router mine --prompts prompts.txt',
    'tradewind encoder fit --router mine --feature prompt --prompts log.jsonl.gz --field question --dimension 24',
  )
    .summary('fit an encoder on unlabelled prompts and give it to a text feature')
    .description(
      'fit an encoder on unlabelled prompts and give it to a text feature; the prompts stay on this machine. New features ' +
        'start new statistics: a router that has learned begins them with a profile of what its outcomes had taught',
    )
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--feature <feature>', 'the text feature', 'prompt')
    .requiredOption('--prompts <file>', 'a prompt a line (.txt), or a JSON object a line (.jsonl); .gz of either')
    .option('--field <member>', 'member of the JSON objects that holds the prompt', 'prompt')
    .option(
      '--dimension <number>',
      'numbers that a prompt becomes; as the feature declares by default',
      positiveInteger,
    )
    .option('--seed <number>', 'the same prompts and seed give the same encoder', wholeNumber, 1)
    .option('--out <file>', 'write the encoder to a file as well')
    .action(fit);
}

async function fit(options: FitOptions): Promise<void> {
  const client = clientOf(options);
  const before = await client.router(options.router);
  const feature = textFeature(before, options.feature);
  const prompts = readPrompts(options.prompts, options.field);
  const artifact = await fitEncoder(prompts, options.dimension ?? feature.dimension, options.seed);
  if (options.out !== undefined) await writeFile(options.out, artifact.toBytes());
  const state = await client.putEncoder(options.router, options.feature, base64(artifact));
  print(
    `fitted ${artifact.dimension} directions on ${artifact.prompts} prompts (${artifact.hash})`,
    inUse(before, state, options.feature),
    ...startedAnew(before, state),
  );
}

/** The same prompts, dimension and seed give the same encoder, of which the service makes no revision. */
export function inUse(before: RouterState, { spec, revision }: RouterState, feature: string): string {
  const uses = `${spec.id} uses it for ${feature}`;
  return revision === before.revision
    ? `${uses} already; unchanged, revision ${revision}`
    : `${uses}, revision ${revision}`;
}

/** What became of the statistics: they belong to the features that they were learned with. */
export function startedAnew(before: RouterState, after: RouterState): string[] {
  const outcomes = Math.max(0, ...Object.values(before.outcomes));
  if (outcomes === 0 || before.features.schema === after.features.schema) return [];
  const taught = outcomes === 1 ? 'one outcome' : `${outcomes} outcomes`;
  return [`statistics start anew under the new features, seeded with what ${taught} had taught`];
}

/** @throws UsageError when the router has no such text feature */
export function textFeature({ spec }: RouterState, name: string): TextFeature {
  const feature = spec.features.find((candidate) => candidate.name === name);
  if (feature?.type === 'text') return feature;
  const texts = spec.features.filter(({ type }) => type === 'text').map((candidate) => candidate.name);
  throw new UsageError(`${spec.id} has no text feature "${name}"; it has ${texts.join(', ') || 'none'}`);
}
