/**
 * A drive, from the table to the comparison: open the table, look through it and refuse what cannot be played, before
 * anything of the service is changed; find or make the router, fit its encoder, seed it; play the rows; compare.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Table } from '../../../sim/table/table.js';
import type { Client } from '../client.js';
import type { DriveOptions } from '../drive.js';
import { everyFault } from '../every-fault.js';
import { Failure } from '../failures.js';
import { requireFoldersOf, writeTextFile } from '../json-file.js';
import { print } from '../output.js';
import { startProgress } from '../progress.js';
import { clientOf } from '../server-option.js';
import { openChosen } from './choose-models.js';
import { FeedbackSchedule } from './feedback-schedule.js';
import { FeedbackSender } from './feedback-sender.js';
import { hindsight } from './hindsight.js';
import { onInterrupt } from './interrupt.js';
import { requireSplits } from './known-splits.js';
import { objectiveOfTable } from './objective-of-table.js';
import { Patience } from './patience.js';
import { play } from './play.js';
import { playlist, type PlaylistOptions } from './playlist.js';
import { plotSvg } from './plot.js';
import { prepareRouter, type PreparedRouter } from './prepare-router.js';
import { resultOf, type DriveResult } from './result.js';
import { contextOf } from './router-of-table.js';
import { Scoreboard } from './scoreboard.js';
import { summary } from './summary.js';
import { survey, type Survey } from './survey.js';
import { weightsOf, type Weights } from './utility.js';

/** Points of the regret curve, about. */
const curvePoints = 400;

interface Drive {
  readonly client: Client;
  readonly table: Table;
  readonly router: PreparedRouter;
  readonly playlist: PlaylistOptions;
  readonly survey: Survey;
  readonly weights: Weights;
  readonly options: DriveOptions;
}

export async function drive(path: string, options: DriveOptions): Promise<void> {
  await requireFoldersOf(options.json, options.plot);
  const client = clientOf(options);
  const table = await openChosen(path, options);
  const whole = await everyFault(survey(table, table.rows()));
  if (whole.rows === 0) throw new Failure(`${path} has no rows`);
  requireSplits(path, whole, splitsNamed(options));
  const asked = await survey(table, playlist(table, playlistOf(options, 0)));
  await requirePromptsToFit(table, options);
  refuseUnplayable(table, asked, weightsOf(objectiveOfTable(options, whole, table.models.length)), options);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const router = await prepareRouter({ client, table, whole, options, say });
  const rows = playlistOf(options, options.resume ? router.outcomes : 0);
  if (rows.skip > 0) say(`leaving out the first ${rows.skip} rows`);
  const played = rows.skip > 0 ? await survey(table, playlist(table, rows)) : asked;
  const weights = weightsOf(router.objective);
  refuseUnplayable(table, played, weights, options);
  await tell(await playTable({ client, table, router, playlist: rows, survey: played, weights, options }), options);
}

/** An encoder is fitted when there is a router already, which would stay behind without one. */
async function requirePromptsToFit(table: Table, { fitEncoder: split }: DriveOptions): Promise<void> {
  if (split === undefined) return;
  for await (const row of table.rows({ splits: [split] })) if (row.prompt !== undefined) return;
  throw new Failure(`split ${split} of ${table.path} has no prompts; fit the encoder on another with --fit-encoder`);
}

const splitsNamed = ({ split = [], seedFrom, fitEncoder }: DriveOptions): string[] =>
  [...split, seedFrom, fitEncoder].filter((name) => name !== undefined);

function playlistOf(options: DriveOptions, skip: number): PlaylistOptions {
  return {
    ...(options.split === undefined ? {} : { splits: options.split }),
    ...(options.shuffle ? { shuffle: options.seed } : {}),
    skip,
    limit: options.limit ?? Infinity,
  };
}

function refuseUnplayable(table: Table, played: Survey, weights: Weights, options: DriveOptions): void {
  const splits = options.split === undefined ? '' : ` of split ${options.split.join(', ')}`;
  if (played.rows === 0) throw new Failure(`${table.path} has no rows${splits} left to play`);
  for (const [metric] of weights) {
    const unknown = table.models.filter((_, model) => !played.overall.knows(metric, model)).map((model) => model.name);
    if (unknown.length > 0)
      throw new Failure(
        `the objective weighs ${metric}, which the table doesn't know for ${unknown.join(', ')}; ` +
          `choose others with ${metric === 'energy_j' ? '--with-energy or ' : ''}--models, or another --objective`,
      );
  }
}

async function playTable(drive: Drive): Promise<DriveResult> {
  const { client, table, router, survey: played, weights, options } = drive;
  const best = hindsight(played, weights, table.models.length);
  const every = Math.max(1, Math.floor(played.rows / curvePoints));
  const scoreboard = new Scoreboard(weights, best, table.models.length, every);
  const schedule = new FeedbackSchedule(options);
  const progress = startProgress(router.name, played.rows);
  const interrupt = onInterrupt(() =>
    progress.say('ending after the requests under way; press Ctrl-C again to stop at once'),
  );
  const patience = new Patience({ limitMs: options.patience * 1000, sleep, clock: Date.now, say: progress.say });
  const sender = new FeedbackSender((items) => patience.ask(() => client.feedback(items)));
  try {
    await play({
      rows: playlist(table, drive.playlist),
      arms: new Map(table.models.map(({ name }, place) => [name, place])),
      route: (row) => patience.ask(() => client.route({ router: router.name, context: contextOf(row, router.fields) })),
      schedule,
      sender,
      scoreboard,
      concurrency: options.concurrency,
      progress: () => progress.update(scoreboard.requests, standing(scoreboard)),
      stopped: interrupt.stopped,
    });
  } finally {
    interrupt.dispose();
    progress.stop();
  }
  if (sender.firstRefusal !== undefined) process.stderr.write(`some feedback was refused: ${sender.firstRefusal}\n`);
  return resultOf({
    router: router.name,
    table: table.path,
    objective: router.objective,
    models: table.models,
    best,
    scoreboard,
    feedback: { ...sender.counts, lost: schedule.lost },
  });
}

const standing = (scoreboard: Scoreboard) =>
  `mean utility ${scoreboard.mean.toFixed(4)}, last 500 ${scoreboard.recentMean.toFixed(4)}, regret ${scoreboard.regrets.perTask.toFixed(1)}`;

async function tell(result: DriveResult, { json, plot }: DriveOptions): Promise<void> {
  print('', ...summary(result));
  if (json !== undefined) await writeTextFile(json, `${JSON.stringify(result, undefined, 1)}\n`);
  if (plot !== undefined) await writeTextFile(plot, plotSvg(result));
}
