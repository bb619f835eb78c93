/**
 * What scripts can rely on: 0 all went well, 1 something failed, 2 the command line was wrong, or a variable of the
 * environment that stands for a flag. Every message says what to do, on standard error.
 */
import { CommanderError } from 'commander';

import { ConfigError } from '../config.js';
import { Problem, type FieldError } from '../routing/problem.js';
import { ServerAway, ServerProblem } from './client.js';

export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** The command line asks for something that can't be; shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An expected failure with a message that is complete in itself. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

const mostErrors = 20;

function fieldLines(errors: readonly FieldError[]): string[] {
  const lines = errors.slice(0, mostErrors).map(({ pointer, detail }) => `  ${pointer || 'the whole'}: ${detail}`);
  return errors.length > mostErrors ? [...lines, `  … and ${errors.length - mostErrors} more`] : lines;
}

/** With a single field at fault the detail says the same as the field. */
const unlessRepeated = (line: string, i: number, lines: readonly string[]) => lines.indexOf(line) === i;

function describe(error: unknown): string {
  if (error instanceof ServerProblem) {
    const request = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
    const head = `${error.title} (${error.status} ${error.code})${request}`;
    return [head, ...[`  ${error.message}`, ...fieldLines(error.errors)].filter(unlessRepeated)].join('\n');
  }
  if (error instanceof Problem) return [error.message, ...fieldLines(error.errors)].join('\n');
  const expected =
    error instanceof UsageError || error instanceof Failure || error instanceof ServerAway || isExplained(error);
  if (expected) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Told apart by name, for an error that crossed a thread has no class any more. */
const explained = new Set(['TableError', 'ConfigError', 'ListenError', 'FolderError', 'Problem', 'Unplayable']);
const isExplained = (error: unknown) => error instanceof Error && explained.has(error.name);

/**
 * Says what went wrong and gives the exit code.
 * @param say writes a line to standard error
 */
export function report(error: unknown, say: (line: string) => void): number {
  // Commander has said its own already: help and version end with 0, everything else is wrong usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  say(`tradewind: ${describe(error)}`);
  return error instanceof UsageError || error instanceof ConfigError ? exitCodes.usage : exitCodes.failure;
}
