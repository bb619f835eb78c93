import { cpus, totalmem, type } from 'node:os';

/** The machine in words: two runs are comparable only where this is the same. */
export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory} GB, ${type()}, Node ${process.version}`;
}
