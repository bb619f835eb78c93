/** Progress of long work, on standard error: a bar on a terminal, elsewhere a line every few seconds. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** @param done how much of the total; @param note a few words beside it */
  update(done: number, note?: string): void;
  /** A line of text, without tearing the bar. */
  say(line: string): void;
  stop(): void;
}

const everyMs = 5_000;

export function startProgress(label: string, total: number, stream = process.stderr): Progress {
  return stream.isTTY ? bar(label, total, stream) : lines(label, total, stream);
}

function bar(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar(
    {
      format: `${label} {bar} {value}/{total}  {eta_formatted} left  {note}`,
      stream,
      barsize: 24,
      hideCursor: true,
      linewrap: null,
      etaBuffer: 200,
    },
    Presets.shades_classic,
  );
  single.start(total, 0, { note: '' });
  return {
    update: (done, note) => single.update(done, { note: note ?? '' }),
    say(line) {
      stream.write(`\r\u001B[K${line}\n`);
      single.render?.();
    },
    stop: () => single.stop(),
  };
}

function lines(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  let last = Date.now();
  return {
    update(done, note) {
      if (Date.now() - last < everyMs) return;
      last = Date.now();
      stream.write(`${label} ${done}/${total}${note ? `  ${note}` : ''}\n`);
    },
    say: (line) => void stream.write(`${line}\n`),
    stop: () => undefined,
  };
}
