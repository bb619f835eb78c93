/** What `npm run chaos` is told on its command line. */
import { parseArgs } from 'node:util';

export interface CommandOptions {
  readonly faults: number;
  readonly seed: number;
  readonly replicas: number;
  /** Where the report goes, after each round too. */
  readonly json: string | undefined;
  /** Where everything that is done and that goes wrong is written down. */
  readonly journal: string | undefined;
}

/** @throws TypeError | RangeError saying what was expected */
export function readOptions(args: readonly string[]): CommandOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      faults: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      replicas: { type: 'string', default: '4' },
      json: { type: 'string' },
      journal: { type: 'string' },
    },
  });
  return {
    faults: wholeNumber('faults', values.faults, 1),
    seed: wholeNumber('seed', values.seed, 0),
    // Fewer would leave nobody to serve while others start.
    replicas: wholeNumber('replicas', values.replicas, 4),
    json: values.json,
    journal: values.journal,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
  throw new RangeError(`expected --${name} to be a whole number of at least ${least}, got "${text}"`);
}
