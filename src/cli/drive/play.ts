/**
 * Plays rows as live traffic: several requests under way at once. One is under way until what it cost is acknowledged, as
 * with a client that asks, calls the model and reports; so a service that is slow is asked more slowly, and never decides
 * dozens of requests in the dark because this machine is busy.
 */
import type { RouteAnswer } from '../../routing/request.js';
import type { TableRow } from '../../../sim/table/table.js';
import type { FeedbackSchedule } from './feedback-schedule.js';
import type { FeedbackSender } from './feedback-sender.js';
import type { Scoreboard } from './scoreboard.js';

export interface Play {
  readonly rows: AsyncIterator<TableRow>;
  /** Places of the arms by name. */
  readonly arms: ReadonlyMap<string, number>;
  readonly route: (row: TableRow) => Promise<RouteAnswer>;
  readonly schedule: FeedbackSchedule;
  readonly sender: FeedbackSender;
  readonly scoreboard: Scoreboard;
  readonly concurrency: number;
  /** Called after each request. */
  readonly progress: () => void;
  /** Whether to end after the requests under way. */
  readonly stopped: () => boolean;
}

/** Resolves when every request is answered and every outcome that isn't lost is acknowledged. */
export async function play(game: Play): Promise<void> {
  let failed = false;
  const stopped = () => failed || game.stopped();
  const player = () =>
    playRows(game, stopped).catch((error: unknown) => {
      failed = true;
      throw error;
    });
  await Promise.all(Array.from({ length: game.concurrency }, player));
  await game.sender.add(game.schedule.rest());
}

async function playRows(game: Play, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const { value: row, done } = await game.rows.next();
    if (done) return;
    await playRow(game, row);
  }
}

async function playRow(game: Play, row: TableRow): Promise<void> {
  const { arm, feedback_token: token } = await game.route(row);
  const model = game.arms.get(arm);
  if (model === undefined) throw new RangeError(`the router chose "${arm}", which is not in the table`);
  if (token === undefined) throw new RangeError('the router gave no feedback token');
  game.scoreboard.add(row, model);
  game.progress();
  await game.sender.add(game.schedule.take(token, row.outcomes, model));
}
