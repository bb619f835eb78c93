import { Worker } from 'node:worker_threads';

import { FolderError } from './make-folder.js';

export type PgliteAnswer =
  { kind: 'ready' } | { kind: 'bytes'; session: number; bytes: Uint8Array } | { kind: 'failed'; message: string };

type BytesListener = (bytes: Buffer) => void;
type FailureListener = (error: Error) => void;

/** PGlite in its own thread, seen as a server that sessions exchange wire-protocol bytes with. */
export class PgliteServer {
  private readonly sessions = new Map<number, { bytes: BytesListener; failure: FailureListener }>();
  private nextSession = 1;
  private failure: Error | undefined;
  private readonly exited: Promise<void>;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (answer: PgliteAnswer) => this.receive(answer));
    worker.on('error', (error) => this.fail(error));
    this.exited = new Promise((resolve) =>
      worker.once('exit', () => {
        this.fail(new Error('the thread of the embedded database ended'));
        resolve();
      }),
    );
  }

  /**
   * @param folder where the database is kept; in memory without one
   * @throws FolderError where it does not start on what is in the folder
   */
  static async start(folder: string | undefined): Promise<PgliteServer> {
    const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), { workerData: { folder } });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', (error) => reject(notStarted(folder, error.message)));
      worker.once('message', (answer: PgliteAnswer) =>
        answer.kind === 'ready' ? resolve() : reject(notStarted(folder, said(answer))),
      );
    }).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    worker.removeAllListeners('error');
    return new PgliteServer(worker);
  }

  open(bytes: BytesListener, failure: FailureListener): number {
    const session = this.nextSession++;
    this.sessions.set(session, { bytes, failure });
    if (this.failure) failure(this.failure);
    return session;
  }

  send(session: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.worker.postMessage({ kind: 'bytes', session, bytes }, [bytes.buffer]);
  }

  /** Forgets a session and whatever it left open. */
  end(session: number): void {
    if (this.sessions.delete(session)) this.worker.postMessage({ kind: 'reset' });
  }

  async close(): Promise<void> {
    this.sessions.clear();
    this.worker.postMessage({ kind: 'close' });
    await this.exited;
  }

  private receive(answer: PgliteAnswer): void {
    if (answer.kind === 'bytes') {
      const { buffer, byteOffset, byteLength } = answer.bytes;
      this.sessions.get(answer.session)?.bytes(Buffer.from(buffer, byteOffset, byteLength));
    } else if (answer.kind === 'failed') {
      this.fail(new Error(`the embedded database failed: ${answer.message}`));
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const session of this.sessions.values()) session.failure(error);
  }
}

const said = (answer: PgliteAnswer): string => (answer.kind === 'failed' ? answer.message : answer.kind);

function notStarted(folder: string | undefined, reason: string): Error {
  if (folder === undefined) return new Error(`the embedded database did not start: ${reason}`);
  return new FolderError(
    `the embedded database in ${folder} did not start (${reason.split('\n', 1)[0]}): a power cut or a full disk may have ` +
      'damaged it; restore a copy of the folder, start with an empty one (--data-dir or TRADEWIND_DATA_DIR), or use ' +
      'Postgres (DATABASE_URL)',
  );
}
