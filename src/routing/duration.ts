const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The longest that a declaration may name, ten years: what is reckoned from it stays a date that a database knows. */
export const longestDuration = '3650d';

/** Milliseconds of a duration such as "90s", "15m", "12h" or "7d". @throws RangeError for anything else, and for zero */
export function durationMs(text: string): number {
  const match = /^([0-9]{1,9})([smhd])$/.exec(text);
  const ms = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : 0;
  if (ms === 0)
    throw new RangeError(`a duration is a whole number above 0 and s, m, h or d, as in "7d"; got "${text}"`);
  return ms;
}
