/** What `npm run load` is told on its command line. */
import { parseArgs } from 'node:util';

/** `steps`: whole requests at rising rates. `growth`: the same load as routers and rows grow. `feedback`: outcomes alone. */
export type Mode = 'steps' | 'growth' | 'feedback';

export interface CommandOptions {
  readonly mode: Mode;
  readonly routers: readonly number[];
  readonly rows: readonly number[];
  /** Of the growth, decisions a second. */
  readonly rate: number;
  /** Of the growth, before it is measured what a replica does by itself. */
  readonly settleSeconds: number;
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
  'feedback-steps': '2500,5000,10000,15000,20000,25000,30000,40000,50000',
  routers: '1,100,1000',
  rows: '10000,1000000,10000000',
  rate: '500',
  settle: '2',
};

export const help = `npm run load -- [options]

Starts replicas of the built program on a Postgres of their own, offers decisions at rising rates until latency
breaks (p99 above the limit, or less than 90 % of the offered decisions answered), then three times the most that was done.
Each decision's outcome is posted in batches. Latency counts from when a request was due.

  --replicas N[,N…]   replicas, one measurement after the other for several numbers   (default ${defaults.replicas})
  --seconds S         length of each step                                            (default ${defaults.seconds})
  --steps R,R,…       decisions a second over all replicas, rising
                      (default ${defaults.steps})
  --feedback-batch K  feedback items a request; 0 posts none                         (default ${defaults['feedback-batch']})
  --p99-limit MS      latency is broken above this                                   (default ${defaults['p99-limit']})
  --json FILE         where the report goes

  --growth            instead: what the same load costs one replica as routers become many and logs grow long
  --routers N[,N…]    numbers of routers                                            (default ${defaults.routers})
  --rows N[,N…]       rows of the logs, rising; 0 leaves this out                   (default ${defaults.rows})
  --rate R            decisions a second                                            (default ${defaults.rate})
  --settle S          before it is measured what a replica does by itself           (default ${defaults.settle})

  --feedback          instead: outcomes alone, --steps of them a second, two an item of a batch
                      (default ${defaults['feedback-steps']})

  --help              this text`;

/** @returns 'help' when that was asked for @throws TypeError | RangeError saying what was expected */
export function readOptions(args: readonly string[]): CommandOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      replicas: { type: 'string', default: defaults.replicas },
      seconds: { type: 'string', default: defaults.seconds },
      steps: { type: 'string' },
      growth: { type: 'boolean', default: false },
      feedback: { type: 'boolean', default: false },
      routers: { type: 'string', default: defaults.routers },
      rows: { type: 'string', default: defaults.rows },
      rate: { type: 'string', default: defaults.rate },
      settle: { type: 'string', default: defaults.settle },
      'feedback-batch': { type: 'string', default: defaults['feedback-batch'] },
      'p99-limit': { type: 'string', default: defaults['p99-limit'] },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.growth && values.feedback) throw new RangeError('expected one of --growth and --feedback, got both');
  const mode = values.growth ? 'growth' : values.feedback ? 'feedback' : 'steps';
  return {
    mode,
    routers: wholeNumbers('routers', values.routers, 1, 100_000),
    rows: values.rows === '0' ? [] : rising('rows', values.rows, 100_000_000),
    rate: wholeNumber('rate', values.rate, 1, 1_000_000),
    settleSeconds: wholeNumber('settle', values.settle, 0, 3_600),
    replicas: wholeNumbers('replicas', values.replicas, 1, 16),
    seconds: wholeNumber('seconds', values.seconds, 1, 3_600),
    rates: rising('steps', values.steps ?? defaults[mode === 'feedback' ? 'feedback-steps' : 'steps'], 1_000_000),
    feedbackBatch: wholeNumber('feedback-batch', values['feedback-batch'], 0, 10_000),
    p99LimitMs: wholeNumber('p99-limit', values['p99-limit'], 1, 60_000),
    json: values.json,
  };
}

function rising(name: string, text: string, most: number): number[] {
  const numbers = wholeNumbers(name, text, 1, most);
  if (numbers.some((number, k) => k > 0 && number <= numbers[k - 1]!))
    throw new RangeError(`expected --${name} to rise, got "${text}"`);
  return numbers;
}

const wholeNumbers = (name: string, text: string, least: number, most: number): number[] =>
  text.split(',').map((each) => wholeNumber(name, each, least, most));

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new RangeError(`expected --${name} to be whole, from ${least} to ${most}, got "${text}"; --help tells more`);
}
