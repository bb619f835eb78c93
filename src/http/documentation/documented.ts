/** Adds what `operations.ts` tells to the schemas of the routes, for the documentation only: validation never sees it. */
import type { FastifySchema, RouteOptions } from 'fastify';

import { operations, type Told } from './operations.js';

interface Described {
  readonly schema: FastifySchema;
  readonly url: string;
  readonly route: Pick<RouteOptions, 'method'>;
}

export function documented({ schema, url, route }: Described): { schema: FastifySchema; url: string } {
  const operation = operations[`${String(route.method)} ${url}`];
  if (!operation) return { schema, url };
  const { body, answers } = operation;
  const own = (schema.response ?? {}) as Record<string, object>;
  const response = Object.fromEntries(
    Object.entries(answers).map(([status, told]) => [status, withTold(own[status] ?? plainText, told)]),
  );
  return {
    schema: {
      ...schema,
      ...(body && schema.body ? { body: withTold(schema.body as object, body) } : {}),
      response: { ...own, ...response },
    },
    url,
  };
}

/** The one kind of answer that no schema describes. */
const plainText = { content: { 'text/plain': { schema: { type: 'string' } } } };

function withTold(schema: object, { description, examples = {} }: Told): object {
  const named = Object.entries(examples).map(([name, value]) => [name, { summary: name, value }] as const);
  return { ...schema, description, ...(named.length > 0 ? { 'x-examples': Object.fromEntries(named) } : {}) };
}
