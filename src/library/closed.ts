import { Problem } from '../routing/problem.js';

export const routerClosed = (id: string): Problem =>
  new Problem('router-closed', `the router "${id}" was closed; make another with createRouter`);
