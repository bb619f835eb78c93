/** Disturbances of how outcomes come back: each wraps the deliveries of a world, and they compose in any order. */
import { hash32 } from '../../src/routing/features/random.js';
import type { Chance } from '../random.js';
import { checkMetric } from './replace-outcome.js';
import { immediateDelivery, type Delivery, type Report } from '../worlds/delivery.js';
import type { World } from '../worlds/world.js';

/** The same world with what comes out of its deliveries passed through a stage. */
function withStage(world: World, stage: (chance: Chance) => Delivery): World {
  return {
    ...world,
    delivery(chance) {
      const inner = world.delivery?.(chance) ?? immediateDelivery();
      const outer = stage(chance);
      const pass = (reports: readonly Report[], now: number) => {
        for (const report of reports) outer.send(report, now);
      };
      let last = 0;
      return {
        send: (report, now) => inner.send(report, now),
        receive(now) {
          last = now;
          pass(inner.receive(now), now);
          return outer.receive(now);
        },
        rest() {
          pass(inner.rest(), last);
          return outer.rest();
        },
      };
    },
  };
}

/** A stage that makes of each report none, one or several, at once. */
function mapped(change: (report: Report) => Report[]): Delivery {
  const through = immediateDelivery();
  return {
    ...through,
    send(report, now) {
      for (const made of change(report)) through.send(made, now);
    },
  };
}

/** Each report comes 0 to `most` requests late, evenly; later ones overtake it. */
export function delayed(world: World, most: number): World {
  if (!(most >= 0)) throw new RangeError(`a delay must be at least 0 requests, got ${most}`);
  return withStage(world, (chance) => {
    let waiting: { readonly due: number; readonly report: Report }[] = [];
    const take = (now: number) => {
      const due = waiting.filter((item) => item.due <= now).sort((a, b) => a.due - b.due);
      waiting = waiting.filter((item) => item.due > now);
      return due.map(({ report }) => report);
    };
    return {
      send: (report, now) => void waiting.push({ due: now + chance.below(most + 1), report }),
      receive: take,
      rest: () => take(Infinity),
    };
  });
}

/** A share of the reports never comes. @param share one for all arms, or by arm: feedback lost depending on the arm */
export function lost(world: World, share: number | Readonly<Record<string, number>>): World {
  const of = (arm: string) => (typeof share === 'number' ? share : (share[arm] ?? 0));
  for (const value of typeof share === 'number' ? [share] : Object.values(share)) checkShare(value);
  return withStage(world, (chance) => mapped((report) => (chance.number() < of(report.arm) ? [] : [report])));
}

/** A share of the reports comes twice. */
export function duplicated(world: World, share: number): World {
  checkShare(share);
  return withStage(world, (chance) => mapped((report) => (chance.number() < share ? [report, report] : [report])));
}

/** Reports are handed over in batches of so many, each in random order. */
export function shuffledFeedback(world: World, batch: number): World {
  if (!(batch >= 1)) throw new RangeError(`a batch holds at least 1 report, got ${batch}`);
  return withStage(world, (chance) => {
    const waiting: Report[] = [];
    const all = () => {
      const taken: Report[] = [];
      while (waiting.length > 0) taken.push(...waiting.splice(chance.below(waiting.length), 1));
      return taken;
    };
    return {
      send: (report) => void waiting.push(report),
      receive: () => (waiting.length >= batch ? all() : []),
      rest: all,
    };
  });
}

/** How many clients the requests of a world come from, evenly, where nothing else is said. */
const defaultClients = 100;

export interface Poison {
  /** Share of the clients that lie, always the same ones; a whole number of them. */
  readonly share: number;
  /** How many clients the requests come from; 100 by default, or as many as a poisoning before this one says. */
  readonly clients?: number;
  /** Accuracy by default. */
  readonly metric?: string;
  /** They report so many times the value, ≥ 0. Of an accuracy the opposite by default, 1 − value; other metrics have none. */
  readonly times?: number | undefined;
}

/**
 * A share of the clients reports falsehoods. Each request belongs to one client, drawn by the seed, whoever else was drawn
 * before, so that a report that comes twice is the same lie twice. Every report says whose it is.
 * @throws RangeError for a metric that the world hasn't, one without an opposite, or a share that makes no whole number of clients
 */
export function poisoned(world: World, poison: Poison): World {
  const { share, clients = world.clients ?? defaultClients, metric = 'accuracy' } = poison;
  checkMetric(world, metric);
  const lie = lieOf(metric, poison.times);
  const liars = liarsAmong(clients, share);
  if (world.clients !== undefined && world.clients !== clients)
    throw new RangeError(`the requests come from ${world.clients} clients already, got ${clients}`);
  const staged = withStage(world, (chance) => {
    const key = chance.next();
    return mapped((report) => {
      const client = report.client ?? hash32(`${key}\n${report.request}`) % clients;
      const value = report.metrics[metric];
      if (client >= liars || value === undefined) return [{ ...report, client }];
      return [{ ...report, client, metrics: { ...report.metrics, [metric]: lie(value) } }];
    });
  });
  return { ...staged, clients };
}

function lieOf(metric: string, times: number | undefined): (value: number) => number {
  if (times !== undefined) {
    if (!(times >= 0 && times < Infinity)) throw new RangeError(`liars report at least 0 times a value, got ${times}`);
    return (value) => value * times;
  }
  if (metric === 'accuracy') return (value) => 1 - value;
  throw new RangeError(`${metric} has no opposite: say what liars multiply it by, as in "times": 10`);
}

function liarsAmong(clients: number, share: number): number {
  if (!(Number.isInteger(clients) && clients >= 1))
    throw new RangeError(`expected a whole number of clients, at least 1, got ${clients}`);
  checkShare(share);
  const liars = Math.round(share * clients);
  if (Math.abs(liars - share * clients) <= 1e-9 * clients) return liars;
  throw new RangeError(
    `a share of ${share} is ${share * clients} of ${clients} clients: expected a whole number; say another number of "clients"`,
  );
}

function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share lies between 0 and 1, got ${share}`);
}
