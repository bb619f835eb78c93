export interface Repeated {
  /** Resolves when a run that is under way has ended; none follows. */
  stop(): Promise<void>;
}

/** Runs a task over and over, with a pause after each; the process may end meanwhile. @param task must not throw */
export function repeat(pauseMs: number, task: () => Promise<void>): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;
  const schedule = () => {
    timer = setTimeout(() => {
      running = task().finally(() => {
        if (!stopped) schedule();
      });
    }, pauseMs).unref();
  };
  schedule();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
