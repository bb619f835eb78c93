/** `tradewind state`: keep a router's whole memory in a file, or bring it to another service. */
import type { Command } from 'commander';

import { assertRouterName } from '../routing/router-name.js';
import { routerOption, type RouterOption } from './arms.js';
import { withExamples } from './examples.js';
import { UsageError } from './failures.js';
import { readJsonFile, writeTextFile } from './json-file.js';
import { print } from './output.js';
import { clientOf, serverOption } from './server-option.js';

export function addState(program: Command): void {
  const state = program.command('state').description('keep and move what a router has learned');
  withExamples(
    state.command('export'),
    'tradewind state export --router default --out default.json',
    'tradewind state export --router default | gzip > default.json.gz',
  )
    .description('write declaration, profiles, encoders and statistics of a router')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--out <file>', 'where to; standard output by default')
    .action(async (options: RouterOption & { readonly out?: string }) => {
      const exported = await clientOf(options).exportState(options.router);
      if (options.out === undefined) return print(JSON.stringify(exported));
      await writeTextFile(options.out, `${JSON.stringify(exported)}\n`);
      print(`wrote ${exported.statistics.length} cells of statistics of ${options.router} to ${options.out}`);
    });
  withExamples(
    state.command('import <file>'),
    'tradewind state import default.json --router default',
    'zcat default.json.gz | tradewind state import - --router default --url http://10.0.0.7:8080',
  )
    .summary('give a router what was exported')
    .description(
      'give a router what was exported (- for standard input). It replaces the declaration of the router (arms, ' +
        'features, objective, policy and every other member that the file has), its profiles and encoders; a router that ' +
        'is not there is made, and one that has learned from outcomes of its own is left as it is',
    )
    .addOption(routerOption())
    .addOption(serverOption())
    .action(async (file: string, options: RouterOption) => {
      // An address with .. in it would be another one before the service saw it.
      assertRouterName(options.router);
      const client = clientOf(options);
      const state = await readJsonFile(file);
      refuseDeclaration(file, state);
      const before = await client.routerIfAny(options.router);
      const { spec, revision } = await client.importState(options.router, state);
      print(
        `imported ${file} into ${spec.id}, now revision ${revision}`,
        before === undefined
          ? 'the router was made as the file declares it'
          : `its arms, features, objective and whatever else the file declares, and its profiles, are now those of the file; before, it was revision ${before.revision}`,
      );
    });
}

/** @throws UsageError for a declaration, which is the member `spec` of a state */
function refuseDeclaration(file: string, state: unknown): void {
  if (typeof state !== 'object' || state === null || 'format' in state) return;
  if (!('arms' in state && 'objective' in state)) return;
  throw new UsageError(
    `expected what "tradewind state export" wrote, got ${file}, the declaration of a router; ` +
      `make a router of it with "tradewind router create ${file}", or change one with "tradewind router change NAME --file ${file}"`,
  );
}
