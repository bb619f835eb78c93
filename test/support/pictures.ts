/** Reads what a picture shows out of its SVG. */
import { textWidth } from '../../sim/report/svg.js';

export interface ShownText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** The baseline. */
  readonly y: number;
  readonly colour: string | undefined;
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

const attribute = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];

/** Every line of text but titles and rotated names of axes, with about the room that it takes. */
export function textsOf(svg: string): ShownText[] {
  return [...svg.matchAll(/<text ([^>]*)>(.*?)<\/text>/g)].flatMap(([, attributes, content]) => {
    if (attribute(attributes!, 'transform') !== undefined || attribute(attributes!, 'font-size') !== undefined)
      return [];
    const [x, y] = [Number(attribute(attributes!, 'x')), Number(attribute(attributes!, 'y'))];
    const spans = [...content!.matchAll(/<tspan [^>]*dy="(\d+)"[^>]*>([^<]*)<\/tspan>/g)];
    const lines = spans.length > 0 ? spans.map(([, , line]) => line!) : [content!];
    const step = Number(spans[1]?.[1] ?? 0);
    return lines.map((line, i) => {
      const text = unescaped(line);
      const width = textWidth(text);
      const left = x - { start: 0, middle: width / 2, end: width }[attribute(attributes!, 'text-anchor') ?? 'start']!;
      return { text, left, right: left + width, y: y + i * step, colour: attribute(attributes!, 'fill') };
    });
  });
}

/** The full texts, however they are broken into lines. */
export const wordsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, content]) => unescaped(content!.replaceAll(/<[^>]*>/g, '')));

export const cover = (a: ShownText, b: ShownText): boolean =>
  a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 12;

export const heightOf = (svg: string): number => Number(/height="(\d+)"/.exec(svg)![1]);
export const widthOf = (svg: string): number => Number(/width="(\d+)"/.exec(svg)![1]);
