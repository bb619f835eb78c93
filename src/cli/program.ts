/** The whole command line, put together; `main.ts` runs it. */
import { Command } from 'commander';

import { addArms } from './arms.js';
import { addDrive } from './drive.js';
import { addEncoder } from './encoder.js';
import { addEvaluate } from './evaluate.js';
import { addExplain } from './explain.js';
import { addFeedback } from './feedback.js';
import { addProfiles } from './profiles.js';
import { addRouter } from './router.js';
import { addSimulate } from './simulate.js';
import { addState } from './state.js';
import { addTune } from './tune.js';

export type AddCommand = (program: Command) => void;

/** @param first commands that come first in the help: serve and migrate, which need more than a client does */
export function buildProgram(first: readonly AddCommand[] = []): Command {
  const program = new Command('tradewind')
    .description(
      'An adaptive model router: weighs accuracy against energy, cost and latency, and learns from outcomes.',
    )
    .version('0.1.0')
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ tradewind serve                          start the service on http://127.0.0.1:8080',
        '  $ tradewind profiles show                  the models it knows, and what they cost in energy',
        '  $ tradewind drive my-table.csv             play a table as live traffic, and compare',
        '',
        'Exit codes: 0 all went well, 1 something failed, 2 the command line was wrong.',
        'HOST, PORT say where the service listens and is looked for; --url says it outright.',
      ].join('\n'),
    );
  const commands = [
    ...first,
    addRouter,
    addArms,
    addProfiles,
    addEncoder,
    addFeedback,
    addDrive,
    addEvaluate,
    addExplain,
    addSimulate,
    addState,
    addTune,
  ];
  for (const add of commands) add(program);
  throwInsteadOfExit(program);
  return program;
}

/** So that one place gives the exit code. Commands made before the setting don't inherit it. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}
