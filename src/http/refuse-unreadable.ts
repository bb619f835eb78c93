/** Bytes that are no HTTP at all never reach a route; they get the same kind of answer, written to the socket by hand. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';

import { Problem } from '../routing/problem.js';
import { PROBLEM_TYPE, problemBody } from './problem.js';

const faults: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are larger than the 16 KiB that are read',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive',
};

export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const detail = faults[error.code ?? ''] ?? 'What came is not HTTP/1.1; is it HTTPS, or was it cut off?';
  const body = JSON.stringify(problemBody(new Problem('invalid-request', detail), randomUUID()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}
