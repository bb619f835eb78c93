/** What a command answers, on standard output. */
export const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

export const printJson = (value: unknown): void => print(JSON.stringify(value, undefined, 2));
