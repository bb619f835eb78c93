/**
 * Postgres keeps no NUL in text and no half surrogate pair in JSON. One such string would fail a whole batch of rows
 * long after its request was answered, so it is refused at the door.
 * @returns JSON pointer of the first string or key at fault
 */
export function unstorableText(value: unknown): string | undefined {
  const open: [pointer: string, value: unknown][] = [['', value]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [pointer, current] = next;
    if (typeof current === 'string' && isUnstorable(current)) return pointer;
    if (typeof current !== 'object' || current === null) continue;
    for (const [name, member] of Object.entries(current)) {
      if (isUnstorable(name)) return pointer;
      open.push([`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, member]);
    }
  }
  return undefined;
}

const isUnstorable = (text: string): boolean => text.includes('\0') || !isWellFormed(text);

/** String.prototype.isWellFormed is in Node 20 but not yet in the type library of ES2023. */
const isWellFormed = (text: string): boolean => (text as unknown as { isWellFormed(): boolean }).isWellFormed();
