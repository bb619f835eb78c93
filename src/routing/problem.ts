/**
 * Every error that a caller can cause or has to know of. One table gives code, HTTP status and title; one class carries
 * it; one place (`src/http/problem.ts`) writes it as application/problem+json.
 */
export const problems = {
  'invalid-request': [400, 'The request does not fit its schema'],
  'malformed-json': [400, 'The body is not JSON'],
  'invalid-context': [400, 'The context does not fit the features of the router'],
  'invalid-router': [422, 'The router cannot be built as declared'],
  'invalid-profile': [422, 'The profile holds rows that cannot be believed'],
  'invalid-metric': [422, 'A metric is unknown or out of its range'],
  'invalid-token': [401, 'The feedback token cannot be used here'],
  'expired-token': [410, 'The decision is too old to take feedback'],
  'invalid-state': [422, 'The state cannot be imported'],
  'invalid-encoder': [422, 'The text encoder cannot be fitted or used'],
  'unknown-router': [404, 'There is no such router'],
  'unknown-arm': [404, 'There is no such arm'],
  'unknown-decision': [404, 'There is no such decision in the log'],
  'unknown-route': [404, 'There is no such address'],
  'method-not-allowed': [405, 'The address does not take this method'],
  'router-exists': [409, 'There is a router of that name already'],
  'already-learned': [409, 'The router has learned already'],
  'revision-conflict': [409, 'The router was changed by somebody else'],
  'feedback-conflict': [409, 'Another value was reported for this decision already'],
  'feedback-retracted': [409, 'What this source reported for this decision was taken back'],
  'retraction-running': [409, 'Another retraction of the router is under way'],
  'unknown-retraction': [404, 'There is no such retraction'],
  'no-candidates': [422, 'No arm is left that may serve the request'],
  'payload-too-large': [413, 'The body is too large'],
  'address-too-long': [414, 'The address is too long'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  overloaded: [503, 'The queue is full'],
  'database-unavailable': [503, 'The database cannot be reached'],
  'store-locked': [503, 'Another process uses the data folder'],
  'folder-unusable': [503, 'The data folder cannot be used'],
  'router-closed': [503, 'The router was closed'],
  'schema-too-new': [503, 'The database belongs to a newer version of this program'],
  'not-evaluable': [422, 'The log cannot answer the question'],
  'not-explainable': [409, 'The decision can no longer be recomputed'],
  internal: [500, 'Something went wrong here'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

/** One field at fault: a JSON pointer, and what was expected, what came and how to mend it. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  /** @param detail what was expected, what came and how to mend it */
  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
    [this.status, this.title] = problems[code];
  }
}

/** A request with one member at fault. @param detail what was expected of it, and what came */
export const invalidAt = (pointer: string, detail: string): Problem =>
  new Problem('invalid-request', detail, [{ pointer, detail }]);
