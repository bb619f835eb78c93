export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError unless the confidence lies strictly between 0 and 1 */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`the confidence lies between 0 and 1, as in 0.95; got ${confidence}`);
}
