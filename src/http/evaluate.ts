/** POST /v1/routers/:id/evaluate: what if the policy, the weights or the budget had been others. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';

import { EvaluationQuestion, mostDecisions, timeLimitSeconds, usualDecisions } from '../runtime/evaluate.js';
import type { Service } from '../runtime/service.js';
import { answers, RouterAddress } from './schemas.js';

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const Estimated = Type.Object({ value: Type.Number(), low: Type.Number(), high: Type.Number() });

const EstimateRow = Type.Object({
  estimator: Type.String(),
  value: MaybeNumber,
  low: MaybeNumber,
  high: MaybeNumber,
  effective_sample_size: Type.Union([Type.Number(), Type.Null()], {
    description: "rounds of the target's own that the weighted log is worth",
  }),
  max_weight: MaybeNumber,
  refused: Type.Optional(Type.String({ description: 'why the log cannot support the question' })),
  biased: Type.Optional(
    Type.String({ description: 'of an estimator that is biased by design: by what, which its interval does not hold' }),
  ),
  metrics: Type.Optional(Type.Record(Type.String(), Estimated)),
});

const WindowEvaluation = Type.Object({
  router: Type.String(),
  from: Type.String(),
  to: Type.String(),
  target: Type.String(),
  rounds: Type.Integer(),
  used: Type.Integer({ description: 'rounds whose outcome is known' }),
  logged: Type.Union([Estimated, Type.Null()], { description: 'what the policy that made the log earned' }),
  estimates: Type.Array(EstimateRow),
  warnings: Type.Array(Type.String()),
});

export function registerEvaluate(app: FastifyInstance, service: Service): void {
  app.post<{ Params: { id: string }; Body: EvaluationQuestion }>(
    '/v1/routers/:id/evaluate',
    {
      schema: {
        summary: 'What another policy, other weights or another budget would have earned',
        description:
          `Plays the newest decisions of the window (${usualDecisions} unless limit says otherwise, ${mostDecisions} at most) ` +
          'as the changed router would have decided them, and estimates from their outcomes what it would have earned. ' +
          `Takes at most ${timeLimitSeconds} s, beside the traffic; one at a time, others answer 503. An estimator that the ` +
          'log cannot support says why in `refused`. Whoever looks again and again asks for the `interval` "anytime" with one ' +
          '`from`: it holds over all looks together, where the others hold for one alone.',
        tags: ['routers'],
        params: RouterAddress,
        body: EvaluationQuestion,
        response: answers({ 200: WindowEvaluation }),
      },
    },
    (request) => service.evaluate(request.params.id, request.body),
  );
}
