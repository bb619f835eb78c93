/** What `npm run load` is told on its command line. */
import { parseArgs } from 'node:util';

export interface CommandOptions {
  readonly replicas: readonly number[];
  readonly seconds: number;
  readonly rates: readonly number[];
  readonly feedbackBatch: number;
  readonly p99LimitMs: number;
  readonly json: string | undefined;
}

const defaults = {
  replicas: '1',
  seconds: '10',
  'feedback-batch': '100',
  'p99-limit': '50',
  steps: '250,500,1000,1500,2000,3000,4000,6000,8000,10000,12000,16000,20000,25000',
};

export const help = `npm run load -- [options]

Starts replicas of the built program on a Postgres of their own, offers decisions at rising rates until latency
breaks (p99 above the limit, or less than 90 % of the offered decisions answered), then three times what was carried.
Each decision's outcome is posted in batches. Latency counts from when a request was due.

  --replicas N[,N…]   replicas, one measurement after the other for several numbers   (default ${defaults.replicas})
  --seconds S         length of each step                                            (default ${defaults.seconds})
  --steps R,R,…       decisions a second over all replicas, rising
                      (default ${defaults.steps})
  --feedback-batch K  feedback items a request; 0 posts none                         (default ${defaults['feedback-batch']})
  --p99-limit MS      latency is broken above this                                   (default ${defaults['p99-limit']})
  --json FILE         where the report goes
  --help              this text`;

/** @returns 'help' when that was asked for @throws TypeError | RangeError saying what was expected */
export function readOptions(args: readonly string[]): CommandOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      replicas: { type: 'string', default: defaults.replicas },
      seconds: { type: 'string', default: defaults.seconds },
      steps: { type: 'string', default: defaults.steps },
      'feedback-batch': { type: 'string', default: defaults['feedback-batch'] },
      'p99-limit': { type: 'string', default: defaults['p99-limit'] },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rates = wholeNumbers('steps', values.steps, 1, 1_000_000);
  if (rates.some((rate, k) => k > 0 && rate <= rates[k - 1]!)) {
    throw new RangeError(`expected --steps to rise, got "${values.steps}"`);
  }
  return {
    replicas: wholeNumbers('replicas', values.replicas, 1, 16),
    seconds: wholeNumber('seconds', values.seconds, 1, 3_600),
    rates,
    feedbackBatch: wholeNumber('feedback-batch', values['feedback-batch'], 0, 10_000),
    p99LimitMs: wholeNumber('p99-limit', values['p99-limit'], 1, 60_000),
    json: values.json,
  };
}

const wholeNumbers = (name: string, text: string, least: number, most: number): number[] =>
  text.split(',').map((each) => wholeNumber(name, each, least, most));

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new RangeError(`expected --${name} to be whole, from ${least} to ${most}, got "${text}"; --help tells more`);
}
