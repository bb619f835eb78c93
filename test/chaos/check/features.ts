/**
 * Features as the logs pack them: the length, and then for each entry that isn't 0 its zigzag, for each run of zeros a 0
 * and the length of the run less one; numbers of seven bits a byte, the lowest first. Written here once more, so that the
 * check does not read with the hand that wrote.
 */
export function featuresOf(bytes: Buffer): Int16Array {
  const numbers: number[] = [];
  let number = 0;
  let shift = 0;
  for (const byte of bytes) {
    number |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = shift = 0;
  }
  const [length, ...codes] = numbers;
  const entries: number[] = [];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) entries.push(...new Array<number>(codes[++i] + 1).fill(0));
    else entries.push(code % 2 === 0 ? code / 2 : -(code + 1) / 2);
  }
  if (entries.length !== length) throw new Error(`features of length ${length} have ${entries.length} entries`);
  return Int16Array.from(entries);
}
