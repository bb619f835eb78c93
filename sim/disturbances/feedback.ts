/** Disturbances of how outcomes come back: each wraps the deliveries of a world, and they compose in any order. */
import type { Chance } from '../random.js';
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

/** How many clients the requests of a world come from, evenly. */
const clients = 100;

export interface Poison {
  /** Share of the clients that lie, always. */
  readonly share: number;
  readonly metric?: string;
  /** What they report of a value; the opposite by default. */
  readonly lie?: (value: number, arm: string) => number;
}

/** A share of the clients reports falsehoods. */
export function poisoned(world: World, { share, metric = 'accuracy', lie = (value) => 1 - value }: Poison): World {
  checkShare(share);
  return withStage(world, (chance) =>
    mapped((report) => {
      const liar = chance.below(clients) < share * clients;
      const value = report.metrics[metric];
      if (!liar || value === undefined) return [report];
      return [{ ...report, metrics: { ...report.metrics, [metric]: lie(value, report.arm) } }];
    }),
  );
}

function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share lies between 0 and 1, got ${share}`);
}
