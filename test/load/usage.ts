/** What replicas used of the machine, as they tell it themselves. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Usage {
  /** Of user and system, over all replicas. */
  readonly cpuSeconds: number;
  /** Resident, over all replicas. */
  readonly rssBytes: number;
}

export async function usageOf(urls: readonly string[]): Promise<Usage> {
  const texts = await Promise.all(urls.map(metricsOf));
  const sum = (name: string) => texts.reduce((total, each) => total + metric(each, name), 0);
  return { cpuSeconds: sum('process_cpu_seconds_total'), rssBytes: sum('process_resident_memory_bytes') };
}

/** On a connection of its own: a kept one may be closed by the server just as a step ends. */
export async function metricsOf(url: string): Promise<string> {
  const [answer] = (await once(get(`${url}/metrics`, { agent: false }), 'response')) as [IncomingMessage];
  return text(answer);
}

export function metric(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1];
  if (value === undefined) throw new Error(`expected ${name} among the metrics of the service`);
  return Number(value);
}
