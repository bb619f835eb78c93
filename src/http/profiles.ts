/** /v1/routers/:id/profiles: what was measured of the arms before any outcome came. */
import type { FastifyInstance } from 'fastify';

import type { ProfileRow } from '../routing/profile.js';
import type { Service } from '../runtime/service.js';
import { answers, ProfileImport, ProfileImported, Profiles, RouterAddress } from './schemas.js';

const tags = ['profiles'];
type Id = { Params: { id: string } };
type Import = { Body: { rows: ProfileRow[]; mode?: 'merge' | 'replace' } };

export function registerProfiles(app: FastifyInstance, service: Service, bodyLimit: number): void {
  app.get<Id>(
    '/v1/routers/:id/profiles',
    {
      schema: {
        summary: 'The profiles of a router',
        tags,
        params: RouterAddress,
        response: answers({ 200: Profiles }),
      },
    },
    async (request) => ({ rows: service.readProfiles(request.params.id) }),
  );

  app.post<Id & Import>(
    '/v1/routers/:id/profiles',
    {
      bodyLimit,
      schema: {
        summary: 'Import profiles',
        description: 'All rows are taken or none: a row that cannot be believed refuses the import.',
        tags,
        params: RouterAddress,
        body: ProfileImport,
        response: answers({ 200: ProfileImported }),
      },
    },
    (request) => service.importProfiles(request.params.id, request.body.rows, request.body.mode ?? 'merge'),
  );
}
