/** What the runtime tells whoever runs it, as pino takes it. */
export interface RuntimeLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const quiet: RuntimeLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
