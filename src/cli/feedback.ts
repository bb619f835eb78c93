/** `tradewind feedback`: take back what a source reported, and see what was taken back before. */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { Option, type Command } from 'commander';

import type { RetractionBody, RetractionPreview, RetractionState } from '../runtime/retractions.js';
import { routerOption, type RouterOption } from './arms.js';
import type { Client } from './client.js';
import { withExamples } from './examples.js';
import { Failure, UsageError } from './failures.js';
import { moment } from './moment.js';
import { print, printJson } from './output.js';
import { startProgress } from './progress.js';
import { clientOf, serverOption } from './server-option.js';
import { textTable } from './text-table.js';

interface RetractOptions extends RouterOption {
  readonly source: string;
  readonly since: Date;
  readonly until?: Date;
  readonly dryRun?: true;
  readonly by?: string;
  readonly reason?: string;
  readonly json?: true;
}

const askEveryMs = 200;
/** A service that is away for longer than this is not waited for; the retraction goes on without this command. */
const patienceMs = 30_000;

export function addFeedback(program: Command): void {
  const feedback = program.command('feedback').description('take back what a source reported');
  addRetract(feedback);
  addList(feedback);
}

function addRetract(feedback: Command): void {
  withExamples(
    feedback.command('retract'),
    'tradewind feedback retract --source batch-7 --since 2d --dry-run',
    'tradewind feedback retract --source batch-7 --since 2026-11-20T08:00:00Z --until 2026-11-21T08:00:00Z --reason "wrong unit"',
  )
    .summary('take the outcomes of a source out of the statistics')
    .description(
      'take the outcomes of a source out of the statistics by exact subtraction, as if they had never come; what they ' +
        'had corrected counts again, and what its client sends again stays out. Stop or mend the client first: what ' +
        'comes in later counts. What was interrupted goes on by itself, in any replica',
    )
    .requiredOption('--source <key>', 'as the outcomes named it')
    .requiredOption('--since <time>', 'outcomes that came in from then on: a time, or how long ago, as 2d', moment)
    .option('--until <time>', 'and before then; by default all that have come by now', moment)
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--dry-run', 'only count them')
    .option('--reason <text>', 'why, for the record')
    .addOption(new Option('--by <name>', 'who asks, for the record').default(userInfo().username))
    .option('--json', 'print JSON')
    .action(async (options: RetractOptions) => {
      const client = clientOf(options);
      const answer = await client.retract(options.router, questionOf(options));
      const last = answer.status === 'running' ? await watched(client, answer) : answer;
      if (options.json) return printJson(last);
      print(...told(last));
    });
}

function questionOf({ source, since, until, dryRun, by, reason }: RetractOptions): RetractionBody {
  if (until && until <= since)
    throw new UsageError(`expected --since before --until, got ${since.toISOString()} and ${until.toISOString()}`);
  return {
    source,
    since: since.toISOString(),
    ...(until ? { until: until.toISOString() } : {}),
    ...(dryRun ? { dry_run: true } : {}),
    ...(by ? { requested_by: by } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Shows how far it is until it is finished. */
async function watched(client: Client, { router, retraction }: RetractionState): Promise<RetractionState> {
  const progress = startProgress('retracting, % of the log', 100);
  try {
    for (let heard = Date.now(); ;) {
      await sleep(askEveryMs);
      const state = await client.retraction(router, retraction).catch((error: unknown) => {
        if (Date.now() - heard > patienceMs) throw interrupted(router, retraction, error);
        return undefined;
      });
      if (!state) continue;
      heard = Date.now();
      progress.update(Math.floor(100 * state.progress), `${state.outcomes} outcomes`);
      if (state.status === 'finished') return state;
    }
  } finally {
    progress.stop();
  }
}

const interrupted = (router: string, retraction: number, error: unknown): Failure =>
  new Failure(
    `retraction ${retraction} of ${router} was asked for, but nobody says how far it is (${String(error)}); ` +
      `it goes on by itself: see "tradewind feedback retractions --router ${router}"`,
  );

function told(state: RetractionState | RetractionPreview): string[] {
  const { router, source, outcomes, warnings } = state;
  const whose = `of source "${source}" in the statistics of ${router}`;
  const lines =
    state.status === 'dry-run'
      ? [`${outcomes} outcomes ${whose} would be taken out`]
      : [`${outcomes} outcomes ${whose} were taken out, ${state.restored} of them gave way to what they had corrected`];
  return [...lines, ...warnings.map((warning) => `note: ${warning}`)];
}

function addList(feedback: Command): void {
  withExamples(feedback.command('retractions'), 'tradewind feedback retractions --router default')
    .description('what was taken back, by whom, when and how many')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (options: RouterOption & { readonly json?: true }) => {
      const retractions = await clientOf(options).retractions(options.router);
      if (options.json) return printJson(retractions);
      if (retractions.length === 0) return print(`nothing was taken back from ${options.router}`);
      print(...textTable(retractions, columns));
    });
}

const minute = (time: string) => time.slice(0, 16).replace('T', ' ');

const columns = [
  { title: 'no', text: ({ retraction }: RetractionState) => String(retraction), right: true },
  { title: 'source', text: ({ source }: RetractionState) => source, width: 30 },
  { title: 'since', text: ({ since }: RetractionState) => minute(since) },
  { title: 'until', text: ({ until, requested_at }: RetractionState) => minute(until ?? requested_at) },
  { title: 'outcomes', text: ({ outcomes }: RetractionState) => String(outcomes), right: true },
  { title: 'restored', text: ({ restored }: RetractionState) => String(restored), right: true },
  {
    title: 'status',
    text: ({ status, progress }: RetractionState) =>
      status === 'running' ? `${Math.floor(100 * progress)} %` : status,
  },
  { title: 'asked', text: ({ requested_at }: RetractionState) => minute(requested_at) },
  { title: 'by', text: ({ requested_by }: RetractionState) => requested_by, width: 16 },
  { title: 'why', text: ({ reason }: RetractionState) => reason, width: 40 },
];
