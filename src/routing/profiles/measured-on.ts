/** Dates of profiles: a year, a month or a day, all in UTC. */
const pattern = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/;

/**
 * @param now milliseconds since 1970
 * @returns what is wrong with the date, undefined when it has begun and exists in the calendar
 */
export function notYet(date: string, now: number): string | undefined {
  const parts = pattern.exec(date);
  if (parts === null) return `got "${date.slice(0, 40)}"`;
  const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
  const begin = Date.UTC(year, month - 1, day);
  if (new Date(begin).getUTCMonth() !== month - 1 || new Date(begin).getUTCDate() !== day)
    return `${date} is not in the calendar`;
  // A day begins fourteen hours earlier on the other side of the earth.
  if (begin - 14 * 3_600_000 > now) return `${date} lies in the future`;
  return undefined;
}
