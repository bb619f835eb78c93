import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';

import { Turn } from '../../../src/http/turn.js';

interface Question {
  readonly n: number;
}

/** An application whose one route answers by `answer`, and what happened in it, in order. */
function application(answer: (n: number) => unknown, capacity = Infinity) {
  const events: string[] = [];
  const app = Fastify();
  const turn = new Turn((question: Question) => {
    events.push(`decide ${question.n}`);
    return answer(question.n);
  }, capacity);
  app.post<{ Body: Question }>('/', (request, reply) => {
    if (!turn.add(request.body, reply)) void reply.code(503).send({ n: request.body.n });
  });
  app.addHook('onSend', (request, _reply, payload, done) => {
    events.push(`send ${(request.body as Question).n}`);
    done(null, payload);
  });
  const ask = async (n: number) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload: { n } });
    return { status: statusCode, body: JSON.parse(body) as { n?: number; message?: string } };
  };
  return { ask, events };
}

const numbers = Array.from({ length: 20 }, (_, n) => n);

describe('a turn', () => {
  it('gives each request its own answer, thrown, promised, refused or plain', async () => {
    const { ask } = application((n) => {
      if (n % 4 === 1) throw new Error(`thrown ${n}`);
      if (n % 4 === 2) return Promise.resolve({ n });
      if (n % 4 === 3) return Promise.reject(new Error(`refused ${n}`));
      return { n };
    });
    const answers = await Promise.all(numbers.map(ask));
    answers.forEach(({ status, body }, n) => {
      if (n % 2 === 0) expect({ status, body }).toEqual({ status: 200, body: { n } });
      else
        expect({ status, message: body.message }).toEqual({
          status: 500,
          message: `${n % 4 === 1 ? 'thrown' : 'refused'} ${n}`,
        });
    });
  });

  it('decides all that came before it answers the first, in the order of arrival', async () => {
    const { ask, events } = application((n) => ({ n }));
    await Promise.all(numbers.map(ask));
    const firstSent = events.findIndex((event) => event.startsWith('send'));
    expect(firstSent).toBeGreaterThan(1);
    expect(events.slice(0, firstSent)).toEqual(numbers.slice(0, firstSent).map((n) => `decide ${n}`));
    expect(events).toHaveLength(2 * numbers.length);
  });

  it('takes in no more than it may, at once, and as many again in the next', async () => {
    const { ask, events } = application((n) => ({ n }), 4);
    for (let turn = 0; turn < 2; turn++) {
      const answers = await Promise.all(numbers.map(ask));
      const refused = answers.filter(({ status }) => status === 503);
      expect(answers.filter(({ status }) => status === 200).map(({ body }) => body.n)).toEqual([0, 1, 2, 3]);
      expect(refused).toHaveLength(numbers.length - 4);
    }
    // Who is refused does not wait for those who are not.
    expect(events.indexOf('send 4')).toBeLessThan(events.indexOf('decide 0'));
  });

  it('answers the next turn too', async () => {
    const { ask } = application((n) => ({ n }));
    for (const n of [1, 2, 3]) expect((await ask(n)).body).toEqual({ n });
  });
});
