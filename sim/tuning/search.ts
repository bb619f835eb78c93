/**
 * The search: stage by stage on the tuning part, then one comparison with the declaration on the held-out part.
 *
 * A setting takes the place of the one before only where it is better beyond the 95 % interval of the paired difference.
 * Of many that are tried some look better by luck; so what was chosen is measured again where nothing was chosen, against
 * the declaration alone, and is recommended only if it is better there too.
 */
import { estimate, pairedDifference, type Estimate } from '../report/student.js';
import type { Ground, Measured } from './ground.js';
import { asDeclared, changed, keyOf, type Setting } from './setting.js';
import type { Stage } from './stages.js';

export interface Tried extends Measured {
  readonly utility: Estimate;
  /** The least of its units. */
  readonly worst: number;
  /** Less the setting that the stage began with, unit by unit. */
  readonly difference: Estimate;
}

export interface TriedStage {
  readonly stage: Stage;
  /** The setting that it began with first. */
  readonly tried: readonly Tried[];
  readonly chosen: Setting;
}

export interface HeldOut {
  readonly declared: Tried;
  /** What the stages settled on; absent where that is the declaration. */
  readonly winner?: Tried;
}

export interface Search {
  readonly stages: readonly TriedStage[];
  readonly winner: Setting;
  readonly heldOut: HeldOut;
  /** The winner if it is better on the held-out part, else the declaration. */
  readonly recommended: Setting;
}

/** A setting that spends more than this share of a budget's ceiling is no candidate. */
export const mostUse = 1.02;

export async function search(ground: Ground, stages: readonly Stage[]): Promise<Search> {
  const measure = remembering(ground);
  const results: TriedStage[] = [];
  let winner = asDeclared;
  for (const stage of stages) {
    const result = await tryStage(stage, winner, measure);
    results.push(result);
    winner = result.chosen;
  }
  const same = keyOf(winner) === keyOf(asDeclared);
  const [declared, challenger] = await ground.measure(same ? [asDeclared] : [asDeclared, winner], 'held-out');
  const heldOut: HeldOut = {
    declared: against(declared!, declared!),
    ...(challenger ? { winner: against(challenger, declared!) } : {}),
  };
  const better = heldOut.winner !== undefined && isBetter(heldOut.winner);
  return { stages: results, winner, heldOut, recommended: better ? winner : asDeclared };
}

type Measure = (settings: readonly Setting[]) => Promise<Measured[]>;

async function tryStage(stage: Stage, before: Setting, measure: Measure): Promise<TriedStage> {
  const settings = [
    before,
    ...stage.options.map(({ name, change }): Setting => ({ name, members: changed(before.members, change) })),
  ];
  const [base, ...others] = await measure(settings);
  const tried = [base!, ...others].map((measured) => against(measured, base!));
  return { stage, tried, chosen: bestOf(tried).setting };
}

function against(measured: Measured, base: Measured): Tried {
  return {
    ...measured,
    utility: estimate(measured.values),
    worst: measured.values.reduce((least, value) => Math.min(least, value), Infinity),
    difference: pairedDifference(measured.values, base.values),
  };
}

/** Better beyond the interval, within the budgets. */
const isBetter = ({ difference, use = 0 }: Tried): boolean => difference.low > 0 && use <= mostUse;

/** The best of those that are better than the first; the first if none is. One that overspends gives way to the next best. */
function bestOf(tried: readonly Tried[]): Tried {
  return tried.reduce((best, one) => (isBetter(one) && one.utility.mean > best.utility.mean ? one : best));
}

/** What a stage begins with was measured by the stage before. */
function remembering(ground: Ground): Measure {
  const known = new Map<string, Measured>();
  return async (settings) => {
    const fresh = settings.filter((setting) => !known.has(keyOf(setting)));
    for (const measured of await ground.measure(fresh, 'tuning')) known.set(keyOf(measured.setting), measured);
    return settings.map((setting) => ({ ...known.get(keyOf(setting))!, setting }));
  };
}
