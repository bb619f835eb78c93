/** Prints what a test measured, for the READMEs that quote it. */
export const tell = (line: string): void => void process.stdout.write(`${line}\n`);
