/** Texts and numbers of a picture. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A tenth of a pixel is fine enough, and short. */
export const short = (value: number): string => String(Number(value.toFixed(1)));

export function svgText(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${short(x)}" y="${short(y)}" ${attributes}>${escapeText(content)}</text>`;
}

/** About how wide a text is, in pixels, at the 12 pixels of a chart: fonts differ, so rather too much. */
export const textWidth = (content: string): number => content.length * 7.4;

/** So that a text over lines can be read. */
export const halo = 'paint-order="stroke" stroke="white" stroke-width="3" stroke-linejoin="round"';

/** The value of a tick, as short as it can be. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size <= 1e-3 || size >= 1e6) ? value.toExponential().replace('e+', 'e') : String(value);
}
