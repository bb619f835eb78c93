/** The page at / and its parts. Plain files, read once at start; the same address in a clone and in a build. */
import { readFileSync } from 'node:fs';

import type { FastifyInstance } from 'fastify';

import { PAGE_POLICY } from './security-headers.js';

const names = ['api', 'arms', 'chart', 'elements', 'format', 'history', 'main', 'summary', 'trends', 'try'];
const scripts = names.map((name) => ({
  url: `/dashboard/${name}.js`,
  file: `${name}.js`,
  type: 'text/javascript; charset=utf-8',
}));

const parts = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/dashboard/style.css', file: 'style.css', type: 'text/css; charset=utf-8' },
  { url: '/dashboard/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
  ...scripts,
];

export function registerDashboard(app: FastifyInstance): void {
  for (const { url, file, type } of parts) {
    const content = readPart(file);
    app.get(url, { schema: { hide: true } }, async (_request, reply) => {
      void reply.header('content-security-policy', PAGE_POLICY).header('cache-control', 'no-cache').type(type);
      return content;
    });
  }
}

/** The compiler copies no pages, so from dist/src/http they are found in the sources of the same checkout. */
export function readPart(file: string): string {
  const beside = new URL(`../dashboard/${file}`, import.meta.url);
  const fromBuild = new URL(`../../../src/dashboard/${file}`, import.meta.url);
  try {
    return readFileSync(beside, 'utf8');
  } catch {
    return readFileSync(fromBuild, 'utf8');
  }
}
