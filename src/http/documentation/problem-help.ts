import type { ProblemCode } from '../../routing/problem.js';

/** What somebody can do who met a problem; the title says already what it is. */
export const problemHelp: Readonly<Record<ProblemCode, string>> = {
  'invalid-request': 'Mend the fields that errors names; /openapi.json has every schema. Unknown fields are refused.',
  'malformed-json': 'The detail has line and column. Was the body cut off, or is it not UTF-8?',
  'invalid-context': 'Send each field in the type that the router declares for it; GET the router to see its features.',
  'invalid-router': 'Mend every field that errors names: names must agree, ranges be ranges, durations be such as 7d.',
  'invalid-profile': 'Mend the rows that errors names; nothing was imported. Accuracy is in [0, 1], energy in joules.',
  'invalid-metric': 'Send values in the unit and range that the router declares; it was not counted.',
  'invalid-token': 'Send feedback_token whole, as /v1/route gave it, to the service that gave it, or send decision_id.',
  'expired-token': 'Report sooner, or give the router a longer feedback_window for the decisions to come.',
  'invalid-state': 'Import the file as it was exported, into a router with the features that it was exported from.',
  'invalid-encoder': 'Fit it again with "tradewind encoder fit", with the dimension that the feature declares.',
  'unknown-router': 'GET /v1/routers lists those there are; POST one to make it.',
  'unknown-arm': 'GET the arms of the router for their names; names in addresses are URL-encoded (qwen%2Fqwen3-8b).',
  'unknown-decision':
    'Was it a dry run, of another router, or longer ago than decisions are kept? After a crash the last moments of the log may be missing; the token still works.',
  'unknown-route': '/openapi.json lists every address.',
  'method-not-allowed': 'The header Allow names the methods that the address takes.',
  'router-exists': 'Choose another id, or change the one there is with PATCH.',
  'already-learned': 'Import the state under another router id.',
  'revision-conflict': 'Read the router again and make the change from what it is now.',
  'feedback-conflict': 'If the new value is the right one, send it again with "correction": true; else do nothing.',
  'feedback-retracted': 'If the outcome is right after all, send it again with "correction": true; else do nothing.',
  'retraction-running': 'Wait until it is finished: GET the retractions of the router.',
  'unknown-retraction': 'GET the retractions of the router for their numbers.',
  'no-candidates':
    'Loosen allow, deny or the limits, or let "otherwise" be "relax"; the detail says what excluded each arm.',
  'payload-too-large': 'Send less, or in parts; the detail has the limit.',
  'address-too-long': 'No router, arm or decision has a name that long.',
  'unsupported-media-type': 'Send the header content-type: application/json.',
  overloaded: 'Come again after Retry-After; nothing of this request was taken in.',
  'database-unavailable':
    'Come again after Retry-After, with the same request: what was stored after all is then a duplicate.',
  'store-locked': 'Stop the other process, choose another TRADEWIND_DATA_DIR, or share a Postgres by DATABASE_URL.',
  'folder-unusable':
    'Only a program that opens a store meets this: the detail says what is in the way; choose another folder or mend it.',
  'router-closed': 'Only a program that holds a router meets this: make another with createRouter, and close it last.',
  'schema-too-new': 'Start the newer version of the program.',
  'not-evaluable':
    'The detail says what the log lacks: decisions in the window, outcomes, or probability where it matters.',
  'not-explainable': 'Its statistics or its declaration are no longer kept; newer decisions can be explained.',
  internal: 'Look for request_id in the log of the service, and report it.',
};
