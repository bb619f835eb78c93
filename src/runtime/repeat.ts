export interface Repeated {
  /** Resolves when a run that is under way has ended; none follows. */
  stop(): Promise<void>;
}

/** The first run comes so soon, and another after one that failed, however seldom it is to be done. */
const soonMs = 30_000;

/**
 * Runs a task over and over, with a pause after each; the process may end meanwhile.
 * @param task must not throw; tells whether it did what it was to do
 */
export function repeat(pauseMs: number, task: () => Promise<boolean>): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;
  const schedule = (ms: number) => {
    timer = setTimeout(() => (running = run()), ms).unref();
  };
  const run = async () => {
    const done = await task();
    if (!stopped) schedule(done ? pauseMs : Math.min(pauseMs, soonMs));
  };
  schedule(Math.min(pauseMs, soonMs));
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
