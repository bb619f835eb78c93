import { ByteWriter, writeFeatures } from '../routing/bytes.js';
import type { LoggedDecision } from '../routing/decision.js';
import { groundColumns, refuseUnfinished, sameGround, type GroundColumns } from './decision-columns.js';
import { decisionKey } from './decision-time.js';
import { storedText } from './stored-json.js';

/**
 * Decisions of one router as the parameters of one statement: an array a column. What many have in common is there once,
 * and so is the name of an arm; features lie behind one another in one piece, and probabilities in one array, because
 * bytes need no text and one array is read faster than many.
 */
export class DecisionBatch {
  readonly decisions: LoggedDecision[] = [];
  readonly ids: Uint8Array[] = [];
  /** When each was made, in milliseconds since 1970. */
  readonly times: number[] = [];
  readonly grounds: (GroundColumns & { readonly n: number })[] = [];
  /** Index into `grounds`. */
  readonly ground: number[] = [];
  readonly arms: string[] = [];
  /** Index into `arms`, from 1. */
  readonly arm: number[] = [];
  readonly probabilities: number[] = [];
  /** Index of the last of its probabilities, from 1: the first follows the last of the decision before. */
  readonly probabilitiesEnd: number[] = [];
  readonly featuresEnd: number[] = [];
  private readonly packed = new ByteWriter();
  private readonly armNumbers = new Map<string, number>();

  /** @throws RangeError when a number is not finite or the id no UUIDv7; the batch is then as it was */
  add(decision: LoggedDecision): void {
    const { probabilities } = decision;
    const { bytes, time } = decisionKey(decision.id);
    refuseUnfinished(decision.propensity);
    for (let i = 0; i < probabilities.length; i++) refuseUnfinished(probabilities[i]);
    this.ground.push(this.groundOf(decision));
    this.decisions.push(decision);
    this.ids.push(bytes);
    this.times.push(time);
    this.arm.push(this.armOf(decision.arm));
    for (let i = 0; i < probabilities.length; i++) this.probabilities.push(probabilities[i]);
    this.probabilitiesEnd.push(this.probabilities.length);
    writeFeatures(this.packed, decision.features);
    this.featuresEnd.push(this.packed.size);
  }

  features(): Buffer {
    return Buffer.from(this.packed.finish());
  }

  /** Decisions come in the order they were made, so it is mostly the ground of the one before. */
  private groundOf(decision: LoggedDecision): number {
    const last = this.grounds.length - 1;
    if (last >= 0 && sameGround(this.grounds[last], decision)) return last;
    return this.grounds.push({ n: last + 1, ...groundColumns(decision) }) - 1;
  }

  private armOf(name: string): number {
    let number = this.armNumbers.get(name);
    if (number === undefined) {
      number = this.arms.push(storedText(name));
      this.armNumbers.set(name, number);
    }
    return number;
  }
}
