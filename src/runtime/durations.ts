/**
 * Durations counted in buckets, in the text that Prometheus reads (exposition format 0.0.4). prom-client puts the labels
 * into a string at every observation, and allocates for its timer; here an observation is one addition to an array.
 */
export class Durations {
  private readonly counts: Float64Array;
  private sum = 0;

  /** @param bounds upper bounds of the buckets in seconds, ascending */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > bounds[bucket]) bucket++;
    this.counts[bucket]++;
    this.sum += seconds;
  }

  /** @param labels such as `method="POST",route="/v1/route"`; may be empty */
  lines(name: string, labels: string): string[] {
    const own = labels === '' ? '' : `{${labels}}`;
    const before = labels === '' ? '' : `,${labels}`;
    let total = 0;
    const buckets = Array.from(this.counts, (count, i) => {
      total += count;
      return `${name}_bucket{le="${i < this.bounds.length ? this.bounds[i] : '+Inf'}"${before}} ${total}`;
    });
    return [...buckets, `${name}_sum${own} ${this.sum}`, `${name}_count${own} ${total}`];
  }
}

/** A histogram whole: what it is, and the durations of each set of labels. */
export function histogramText(name: string, help: string, series: Iterable<readonly [string, Durations]>): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const [labels, durations] of series) lines.push(...durations.lines(name, labels));
  return `${lines.join('\n')}\n`;
}
