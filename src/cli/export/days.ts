/** Days of the log (UTC), and when one is final: no outcome of its decisions can come any more. */
import { durationMs } from '../../routing/duration.js';
import { defaultFeedbackWindow } from '../../routing/settings.js';
import type { RouterSpec } from '../../routing/spec.js';
import { dayMs } from '../../store/partitions.js';
import { UsageError } from '../failures.js';

/** Clocks differ, and decisions are logged a little after they were made. */
const slackMs = dayMs;

/** `2026-11-23` */
export const dayName = (day: Date): string => day.toISOString().slice(0, 10);

/** @throws UsageError for a text that is no day, as 2026-02-30 */
export function dayOf(text: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  if (!Number.isNaN(day.getTime()) && dayName(day) === text) return day;
  throw new UsageError(`expected a day (UTC) as 2026-11-23, got "${text}"`);
}

export const dayAfter = (day: Date): Date => new Date(day.getTime() + dayMs);

/** From when on a day of a router is final: a day after the end of the feedback window of its last decision. */
export function finalFrom(spec: Pick<RouterSpec, 'feedback_window'>, day: Date): Date {
  const windowMs = durationMs(spec.feedback_window ?? defaultFeedbackWindow);
  return new Date(dayAfter(day).getTime() + windowMs + slackMs);
}
