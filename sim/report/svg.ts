/** Texts and numbers of a picture. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A tenth of a pixel is fine enough, and short. */
export const short = (value: number): string => String(Number(value.toFixed(1)));

export function svgText(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${short(x)}" y="${short(y)}" ${attributes}>${escapeText(content)}</text>`;
}

/** From one line of a text to the next. */
export const lineStep = 14;

/** One text on lines below each other. */
export function svgLines(x: number, y: number, lines: readonly string[]): string {
  if (lines.length === 1) return svgText(x, y, lines[0]!);
  const spans = lines.map((line, i) => `<tspan x="${short(x)}" dy="${i && lineStep}">${escapeText(line)}</tspan>`);
  return `<text x="${short(x)}" y="${short(y)}">${spans.join(' ')}</text>`;
}

/** Pixels of a letter at the 12 of a chart, in the widest of the usual fonts: Verdana and DejaVu Sans. The first that fits. */
const letterWidths: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ ijl.,:;'|!·]/, 4.2],
  [/[frtIJ()[\]{}/\\"-]/, 5.5],
  [/[mwMW@%&+=<>×−…]/, 12],
  [/\p{Lu}/u, 9.5],
  [/[\0-\u024f]/, 7.7],
];
const widest = 13;

/** About how wide a text is, in pixels, at the 12 pixels of a chart: fonts differ, so rather too much. */
export const textWidth = (content: string): number =>
  [...content].reduce(
    (sum, letter) => sum + (letterWidths.find(([letters]) => letters.test(letter))?.[1] ?? widest),
    0,
  );

/** Lines of at most so many pixels, broken behind spaces, slashes and hyphens, and within a word only where one is longer. */
export function wrapped(content: string, width: number): string[] {
  const pieces = content
    .split(/(?<=[\s/_-])/)
    .flatMap((piece) => (textWidth(piece.trimEnd()) <= width ? [piece] : [...piece]));
  const lines = [''];
  for (const piece of pieces) {
    const last = lines.at(-1)!;
    if (last !== '' && textWidth(last + piece.trimEnd()) > width) lines.push(piece);
    else lines[lines.length - 1] = last + piece;
  }
  return lines.map((line) => line.trimEnd());
}

/** A text of at most so many pixels: what is too long loses its middle, as names differ at their ends. */
export function shortened(content: string, width: number): string {
  const letters = [...content];
  let [shown, kept] = [content, letters.length];
  while (textWidth(shown) > width && --kept > 1) {
    shown = `${letters.slice(0, Math.ceil(kept / 2)).join('')}…${letters.slice(letters.length - Math.floor(kept / 2)).join('')}`;
  }
  return shown;
}

/** Bold letters of 14 pixels beside plain ones of 12. */
const titleScale = 1.3;

/** The title of a chart, in the width that there is. */
export const titleText = (left: number, width: number, content: string): string =>
  svgText(left, 24, shortened(content, (width - left) / titleScale), 'font-size="14" font-weight="600"');

/** So that a text over lines can be read. */
export const halo = 'paint-order="stroke" stroke="white" stroke-width="3" stroke-linejoin="round"';

/** The value of a tick, as short as it can be. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size <= 1e-3 || size >= 1e6) ? value.toExponential().replace('e+', 'e') : String(value);
}
