/** How outcomes find their way back: a channel that reports are sent into and come out of, changed or not, now or later. */

/** What a client reports of one decision. */
export interface Report {
  /** The request, from 0, that it speaks of. */
  readonly request: number;
  /** The arm that served it. */
  readonly arm: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** Which client it comes from, from 0, where clients are told apart. */
  readonly client?: number;
}

export interface Delivery {
  /** Takes a report in after the decision of request `now`. */
  send(report: Report, now: number): void;
  /** Reports that arrive before the decision of request `now + 1`, in the order of arrival. */
  receive(now: number): Report[];
  /** All that is still under way when the run ends. */
  rest(): Report[];
}

/** Everything arrives at once. */
export function immediateDelivery(): Delivery {
  let waiting: Report[] = [];
  const take = () => {
    const taken = waiting;
    waiting = [];
    return taken;
  };
  return { send: (report) => void waiting.push(report), receive: take, rest: take };
}
