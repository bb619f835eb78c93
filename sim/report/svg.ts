/** Texts and numbers of a picture. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A tenth of a pixel is fine enough, and short. */
export const short = (value: number): string => String(Number(value.toFixed(1)));

export function svgText(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${short(x)}" y="${short(y)}" ${attributes}>${escapeText(content)}</text>`;
}
