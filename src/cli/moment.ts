import { InvalidArgumentError } from 'commander';

import { durationMs } from '../routing/duration.js';

/** A time of the log: `2026-11-20`, `2026-11-20T08:00:00Z`, or how long ago, as `2d`. A time without a zone is UTC. */
export function moment(text: string): Date {
  const ago = /^[1-9]\d{0,8}[smhd]$/.test(text) ? durationMs(text) : undefined;
  if (ago !== undefined) return new Date(Date.now() - ago);
  const isTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const time = new Date(isTime ? zoned.replace(' ', 'T') : NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(
    'Expected a time as 2026-11-20 or 2026-11-20T08:00:00Z, or how long ago, as 2d or 90m.',
  );
}
