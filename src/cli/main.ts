#!/usr/bin/env node
/** Entry of the `tradewind` command. */
import { addExport } from './export.js';
import { report } from './failures.js';
import { addKeys } from './keys.js';
import { addMigrate } from './migrate.js';
import { buildProgram } from './program.js';
import { addServe } from './serve.js';

// Whoever reads the output may stop early, as head does; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await buildProgram([addServe, addMigrate, addKeys, addExport]).parseAsync();
} catch (error) {
  process.exitCode = report(error, (line) => void process.stderr.write(`${line}\n`));
}
