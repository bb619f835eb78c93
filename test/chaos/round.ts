/**
 * One round: a fresh database, a fleet, load, faults; then everything is made whole again, the clients report what they
 * still have to, and what is in the database is compared with what they were told.
 */
import { openStore } from '../../src/store/open-store.js';
import { seededRandom } from '../support/random.js';
import { ask, routeTimeoutMs } from './ask.js';
import { checkDecisions } from './check/decisions.js';
import { foldLog } from './check/fold.js';
import { readLog } from './check/log.js';
import { checkOutcomes } from './check/outcomes.js';
import { checkReplicas } from './check/replicas.js';
import { checkStatistics } from './check/statistics.js';
import type { Database } from './database.js';
import type { Fault } from './faults/fault.js';
import { Fleet } from './fleet.js';
import { inject } from './inject.js';
import { Load } from './load.js';
import { lookEveryMs } from './replica.js';
import type { ChaosReport } from './report.js';
import { routers, second, tasks } from './routers.js';

export interface RoundOptions {
  readonly database: Database;
  readonly program: string;
  readonly replicas: number;
  readonly count: number;
  readonly seed: number;
  readonly atOnce: number;
  readonly first?: readonly Fault[];
  /** Added to as things happen. */
  readonly report: ChaosReport;
  readonly journal: (line: string) => void;
}

const hourMs = 3_600_000;
const wholePatienceMs = 90_000;
const settlePatienceMs = 120_000;
const followPatienceMs = 30_000;
/** A replica of these routers needs a quarter of this. */
const mostMemoryMb = 512;
const explained = 40;
const mostTold = 100;

export async function runRound(options: RoundOptions): Promise<void> {
  const { database, program, replicas, seed, report, journal } = options;
  const random = seededRandom(seed);
  const fleet = new Fleet({
    program,
    databaseUrl: database.url,
    postgresPort: database.port,
    size: replicas,
    journal,
  });
  const load = new Load({
    random: seededRandom(random.below(2 ** 31)),
    routers,
    tasks,
    serving: () => fleet.serving(),
    isAway: () => database.isAway,
    journal,
  });
  const watch = setInterval(() => void fleet.look(), lookEveryMs);
  try {
    await fleet.start();
    await declare(fleet);
    load.start();
    const clockOffsetMs = random.chance(0.5) ? hourMs : -hourMs;
    const world = { database, fleet, load, clockOffsetMs, program, journal };
    await inject(world, {
      random,
      count: options.count,
      atOnce: options.atOnce,
      ...(options.first ? { first: options.first } : {}),
      onFault: (kind, happened) => note(report, kind, happened),
    });
    journal('everything is made whole');
    await makeWhole(database, fleet, load);
    await checkAlive(fleet, load, database, report);
    journal('the replicas are stopped in order');
    await fleet.stop();
    await checkRest(database, fleet, load, report);
  } finally {
    clearInterval(watch);
    await fleet.close();
    addUp(report, fleet, load);
  }
}

async function declare(fleet: Fleet): Promise<void> {
  const [{ url }] = fleet.serving();
  const response = await fetch(`${url}/v1/routers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(second),
  });
  if (!response.ok) throw new Error(`a router could not be declared: ${response.status} ${await response.text()}`);
  for (const replica of fleet.serving()) {
    for (let i = 0; ; i++) {
      const answer = await ask(replica, `/v1/routers/${second.id}`, undefined, routeTimeoutMs);
      if (typeof answer !== 'string' && answer.status === 200) break;
      if (i === 100) throw new Error('a replica has not heard of the second router');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function note(report: ChaosReport, kind: string, happened: 'happened' | 'skipped'): void {
  const counts = happened === 'happened' ? report.by_kind : report.skipped;
  counts[kind] = (counts[kind] ?? 0) + 1;
  if (happened === 'happened') report.faults++;
}

async function makeWhole(database: Database, fleet: Fleet, load: Load): Promise<void> {
  await database.heal();
  fleet.heal();
  await load.stop();
  await fleet.whole(wholePatienceMs);
  await load.settle(settlePatienceMs);
}

/** What is to be seen only while the replicas run. */
async function checkAlive(fleet: Fleet, load: Load, database: Database, report: ChaosReport): Promise<void> {
  for (const router of routers) {
    const log = await readLog(database, router);
    const expected = foldLog(log.filter(({ until }) => until === Infinity));
    const wrong = await checkReplicas(fleet.serving(), router, expected, followPatienceMs);
    report.state_mismatches += wrong.length;
    tellOf(report, wrong);
  }
  const some = [...load.decisions.values()].filter((_, i, { length }) => i % Math.ceil(length / explained) === 0);
  for (const { id, router } of some) {
    const [replica] = fleet.serving();
    const answer = await ask(replica, `/v1/routers/${router}/explain/${id}`, undefined, routeTimeoutMs);
    const body =
      typeof answer === 'string' ? { code: answer } : (answer.body as { code?: string; reproduced?: boolean });
    // Answered, and its replica killed before it was logged.
    if (body.code === 'unknown-decision' || ('reproduced' in body && body.reproduced)) continue;
    report.decisions_not_reproduced++;
    tellOf(report, [`/explain of ${id} of ${router}: ${JSON.stringify(body).slice(0, 200)}`]);
  }
}

async function checkRest(database: Database, fleet: Fleet, load: Load, report: ChaosReport): Promise<void> {
  const store = await openStore({ databaseUrl: database.url });
  try {
    for (const router of routers) {
      const log = await readLog(database, router);
      const promised = [...load.acknowledged.values()].filter(({ decision }) => decision.router === router);
      const outcomes = await checkOutcomes(database, router, log, promised);
      report.lost += outcomes.lost;
      report.doubled += outcomes.doubled;
      const wrong = await checkStatistics(database, store, router, log);
      report.state_mismatches += wrong.length;
      const decisions = await checkDecisions(database, store, router, log);
      report.decisions_checked += decisions.checked;
      report.decisions_not_reproduced += decisions.notReproduced;
      tellOf(report, [...outcomes.violations, ...wrong, ...decisions.violations]);
    }
    await checkLogged(database, fleet, load, report);
  } finally {
    await store.close();
  }
}

/** A replica that ended in order has logged all that it decided; one that was killed may have lost the last. */
async function checkLogged(database: Database, fleet: Fleet, load: Load, report: ChaosReport): Promise<void> {
  const rows = await database.query<{ decision_id: string }>('select decision_id from decisions');
  const logged = new Set(rows.map((row) => row.decision_id));
  const missing = [...load.decisions.values()].filter(({ id }) => !logged.has(id));
  report.decisions_unlogged += missing.length;
  const kept = missing.filter(({ life }) => fleet.orderly.has(life));
  tellOf(
    report,
    kept.map(({ id, life }) => `decision ${id} was answered, and not logged before life ${life} ended in order`),
  );
}

function addUp(report: ChaosReport, fleet: Fleet, load: Load): void {
  report.rounds++;
  report.acknowledged += load.acknowledged.size;
  report.doubled += load.doubled;
  report.hung += load.hung;
  report.decisions_answered += load.decisions.size;
  report.decided_while_away += load.decidedWhileAway;
  report.corrections += load.corrections;
  report.called_duplicate += load.calledDuplicate;
  report.postponed += load.postponed;
  report.cut_short += load.excused;
  report.starved += load.starved;
  report.slowest_route_ms = Math.max(report.slowest_route_ms, Math.round(load.slowestRouteMs));
  report.slowest_feedback_ms = Math.max(report.slowest_feedback_ms, Math.round(load.slowestFeedbackMs));
  const memory = Math.round(fleet.peakMemory / 2 ** 20);
  report.peak_memory_mb = Math.max(report.peak_memory_mb, memory);
  tellOf(report, [...load.violations, ...fleet.violations]);
  if (memory > mostMemoryMb) tellOf(report, [`a replica held ${memory} MB, and ${mostMemoryMb} are plenty`]);
}

function tellOf(report: ChaosReport, violations: readonly string[]): void {
  report.violations.push(...violations.slice(0, Math.max(0, mostTold - report.violations.length)));
}
