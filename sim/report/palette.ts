/** How series are told apart: by colour, and where colours come again by the dashes of their lines. */
/** Grey is left to what stands in the background: arms alone, others together. */
export const palette = ['#0b7285', '#c2255c', '#e67700', '#5f3dc4', '#2b8a3e', '#1f2933', '#4dabf7', '#7f4f24'];

/** As many with each colour: 56 looks, more than there may be policies in a scenario. */
const dashes = ['', '8 3', '2 3', '10 3 2 3', '14 4', '6 2 2 2 2 2', '4 6'];

export interface Look {
  readonly colour: string;
  /** A `stroke-dasharray`; empty for a whole line. */
  readonly dash: string;
}

/** @param i of the series, from 0 */
export const lookOf = (i: number): Look => ({
  colour: palette[i % palette.length]!,
  dash: dashes[Math.floor(i / palette.length) % dashes.length]!,
});
