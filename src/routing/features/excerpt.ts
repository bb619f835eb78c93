/** How many UTF-16 code units of a text are read. Encoding is on the way of every decision, so its time must be bounded. */
export const EXCERPT = 16_384;

/**
 * The text itself up to `EXCERPT` code units; of a longer one its first three quarters and its last quarter, because a
 * question often comes after the material that it is about. The length of the whole text is a feature of its own.
 */
export function excerpt(text: string): string {
  if (text.length <= EXCERPT) return text;
  return text.slice(0, (3 * EXCERPT) / 4) + text.slice(text.length - EXCERPT / 4);
}
