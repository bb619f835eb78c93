/**
 * The API described by itself: /openapi.json, /docs (Swagger UI from this machine, nothing is loaded from elsewhere) and
 * /docs/problems, where the `type` of every problem leads.
 */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

import { readPart } from './dashboard.js';
import { documented } from './documentation/documented.js';
import { problemHelp } from './documentation/problem-help.js';
import { problemTable } from './problem.js';
import { PAGE_POLICY } from './security-headers.js';

/** Swagger UI sets style attributes and draws its icons from data addresses. */
const DOCS_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

const about = {
  title: 'Tradewind',
  version: '0.1.0',
  description:
    'Chooses, for every request, the model that gives most accuracy for the energy, money and time it costs, and ' +
    'learns from the outcomes that are reported back. Bodies are JSON in snake_case; unknown fields are refused and ' +
    'nothing is coerced. Errors are application/problem+json: see [the list of problems](/docs/problems).',
};

/** Must be registered before the routes that it is to describe. */
export function registerOpenapi(app: FastifyInstance): void {
  void app.register(swagger, {
    transform: documented,
    openapi: {
      openapi: '3.1.0',
      info: about,
      tags: ['routing', 'routers', 'arms', 'profiles', 'state', 'operation'].map((name) => ({ name })),
    },
  });
}

export function registerDocs(app: FastifyInstance): void {
  const hidden = { hide: true };
  app.get('/openapi.json', { schema: hidden }, async () => app.swagger());
  app.get('/docs/problems', { schema: hidden }, async (_request, reply) => {
    void reply.header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8');
    return problemPage();
  });
  void app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_POLICY,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true, validatorUrl: null },
    theme: { title: 'Tradewind API' },
    logo: { type: 'image/svg+xml', content: readPart('icon.svg'), href: '/', target: '_self' },
  });
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function problemPage(): string {
  const rows = problemTable
    .map(
      ({ code, status, title }) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${escaped(problemHelp[code])}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems · Tradewind</title>
<link rel="icon" href="/dashboard/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/dashboard/style.css">
</head>
<body>
<main>
<h1>Problems</h1>
<p>Every error is <code>application/problem+json</code>. Its <code>code</code> is one of these; its <code>detail</code>
says what was expected, what came and how to mend it; its <code>errors</code> point at the fields at fault. With 503
comes <code>Retry-After</code>. A <code>revision-conflict</code> answers 412 when the request had <code>If-Match</code>.</p>
<table>
<thead><tr><th>code</th><th>status</th><th>meaning</th><th>what to do</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
<p><a href="/">Dashboard</a> · <a href="/docs">API</a></p>
</main>
</body>
</html>
`;
}
