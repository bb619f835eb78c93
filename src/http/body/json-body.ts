/**
 * Parses request bodies: UTF-8, JSON, no key that reaches a prototype, no name twice in one object, and, where text is
 * kept, no text that a database cannot keep. Each refusal says where the fault is.
 */
import { isUtf8 } from 'node:buffer';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { faultIn, placeIn, withoutMark } from '../../routing/json-fault.js';
import { malformedAt } from '../../routing/json-position.js';
import { Problem } from '../../routing/problem.js';
import { isNameRepeated, repeatedName } from './repeated-name.js';
import { unstorableText } from './unstorable-text.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is used and forgotten, so its text may hold what a database can't keep (NUL, half a surrogate pair). */
    forgetsText?: boolean;
  }
}

/** Only JSON is taken; Fastify's text/plain parser goes, so that everything else is a 415. */
export function registerJsonBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(new Problem('malformed-json', 'Expected a JSON body, got an empty one'));
    if (!isUtf8(body)) return done(new Problem('malformed-json', 'Expected the body in UTF-8, got other bytes'));
    const text = body.toString('utf8');
    void parse(request, text, (error, value) => {
      const fault = error ? unparsable(text) : (checkNames(text, value) ?? checkText(request, text, value));
      if (fault) done(fault);
      else done(null, value);
    });
  });
}

function checkNames(text: string, value: unknown): Problem | undefined {
  const repeated = isNameRepeated(text, value) ? repeatedName(text) : undefined;
  if (repeated === undefined) return undefined;
  const { name, at } = repeated;
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
  const place = placeIn(withoutMark(text), at - (text.length - withoutMark(text).length));
  return new Problem('invalid-request', `${place}: ${shown} comes again in the same object; send each name once`);
}

/** JSON escapes are the only way for a NUL or half a surrogate pair into UTF-8 text, so most bodies need no look inside. */
const SUSPICIOUS = /\\u(?:0000|[dD][89a-fA-F])/;

function checkText(request: FastifyRequest, text: string, value: unknown): Problem | undefined {
  if (!SUSPICIOUS.test(text) || request.routeOptions.config.forgetsText) return undefined;
  const pointer = unstorableText(value);
  if (pointer === undefined) return undefined;
  const detail = 'expected text without NUL characters and half surrogate pairs, which no database keeps';
  return new Problem('invalid-request', `${pointer}: ${detail}`, [{ pointer, detail }]);
}

function unparsable(text: string): Problem {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const at = malformedAt(content);
  if (at < 0) {
    const detail =
      'The body uses the key "__proto__", or "constructor" with a "prototype" inside, which would change objects';
    return new Problem('invalid-request', `${detail}; rename or remove it`);
  }
  return new Problem('malformed-json', faultIn(content, at));
}
