/** Ctrl-C once ends what is under way in order; twice ends the process. */
export function onInterrupt(said: () => void): { readonly stopped: () => boolean; readonly dispose: () => void } {
  let stopped = false;
  const stop = () => {
    stopped = true;
    said();
  };
  process.once('SIGINT', stop);
  return { stopped: () => stopped, dispose: () => void process.removeListener('SIGINT', stop) };
}
