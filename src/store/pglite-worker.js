// @ts-check
/**
 * The thread that PGlite lives in: one query of it can take the whole of a thread, and that must not be the thread that
 * answers requests. It speaks the Postgres wire protocol over messages, bytes in and bytes out, so that `pg` is the
 * client of both databases and every type, error and statement is the same on both.
 *
 * Plain JavaScript on purpose: a worker is started from a file, and this one runs as it is from the source tree (under
 * the tests) and from `dist`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

/** @typedef {{ kind: 'bytes', session: number, bytes: Uint8Array } | { kind: 'reset' } | { kind: 'close' }} Request */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const { folder } = /** @type {{ folder: string | undefined }} */ (workerData);

/** @param {PGlite} database @param {Request} request */
async function handle(database, request) {
  if (request.kind === 'bytes') {
    const answer = await database.execProtocolRaw(request.bytes);
    // A copy: the answer is a view on the memory of the database, which cannot change threads.
    const bytes = answer.slice();
    port.postMessage({ kind: 'bytes', session: request.session, bytes }, [bytes.buffer]);
  } else if (request.kind === 'reset') {
    // A client that went away may leave a transaction open, and there is only one session for all who come after.
    await database.exec('ROLLBACK');
    await database.exec('DISCARD ALL');
  } else {
    // Whatever comes of it, the thread ends: somebody waits for that.
    await database.close().finally(() => port.close());
  }
}

/** @param {unknown} error */
function fail(error) {
  port.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

try {
  const database = await PGlite.create(folder ?? 'memory://');
  let last = Promise.resolve();
  port.on('message', (/** @type {Request} */ request) => {
    last = last.then(() => handle(database, request)).catch(fail);
  });
  port.postMessage({ kind: 'ready' });
} catch (error) {
  fail(error);
}
