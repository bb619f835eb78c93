/**
 * A server in a process of its own, forked by `http.ts`: either a bare Fastify route that answers one fixed answer, or the
 * whole service with its decision log. Told what to be in one message, it answers with its address; it ends with its parent.
 */
import Fastify from 'fastify';

import { buildApp } from '../../src/http/app.js';
import { openService, type RouterSpec, type StoreChoice } from '../../src/index.js';

/** What the parent asks for. */
export type Instruction =
  | { readonly be: 'bare'; readonly answer: unknown }
  | { readonly be: 'service'; readonly store: StoreChoice; readonly spec: RouterSpec };

async function start(instruction: Instruction): Promise<{ url: string; close: () => Promise<void> }> {
  if (instruction.be === 'bare') {
    const app = Fastify();
    app.post('/v1/route', async () => instruction.answer);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  }
  const service = await openService({ store: instruction.store });
  await service.createRouter(instruction.spec);
  const app = buildApp({ service });
  const close = async () => {
    await app.close();
    await service.close();
  };
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close };
}

process.once('message', (instruction: Instruction) => {
  void start(instruction).then(({ url, close }) => {
    process.once('message', () => void close().then(() => process.exit(0)));
    process.once('disconnect', () => process.exit(1));
    process.send!({ url });
  });
});
