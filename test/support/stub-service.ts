/** A service that does only what a test of HTTP itself gives it, beside one fixed answer to every question. */
import { Problem } from '../../src/routing/problem.js';
import type { RouteAnswer } from '../../src/routing/request.js';
import type { Service } from '../../src/runtime/service.js';

export const fixedAnswer: RouteAnswer = {
  decision_id: '01936d2e-0000-7000-8000-000000000000',
  feedback_token: 'token',
  arm: 'large',
  propensity: 0.75,
  ranking: [
    { arm: 'large', probability: 0.75, expected: { accuracy: 0.8, energy_j: 20 }, utility: 0.79, deviation: 0.1 },
    { arm: 'small', probability: 0.25, expected: { accuracy: 0.7, energy_j: 2 }, utility: 0.699, deviation: 0.1 },
  ],
  policy: { name: 'thompson', version: '1' },
  warnings: [],
};

const nothing = (): never => {
  throw new Problem('unknown-router', 'The stub has no routers');
};

export function stubService(does: Partial<Service> = {}): Service {
  return {
    route: () => fixedAnswer,
    feedback: async (items) => items.map(() => ({ status: 'applied' })),
    listRouters: () => [],
    readRouter: nothing,
    createRouter: async () => nothing(),
    changeRouter: async () => nothing(),
    addArm: async () => nothing(),
    changeArm: async () => nothing(),
    removeArm: async () => nothing(),
    readProfiles: nothing,
    importProfiles: async () => nothing(),
    putEncoder: async () => nothing(),
    exportState: async () => nothing(),
    importState: async () => nothing(),
    explain: async () => nothing(),
    evaluate: async () => nothing(),
    retract: async () => nothing(),
    listRetractions: async () => nothing(),
    readRetraction: async () => nothing(),
    overview: nothing,
    readiness: () => ({ status: 'ready', reasons: [] }),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: '# the stub counts nothing\n' }),
    close: async () => undefined,
    ...does,
  };
}
