/** A decision as a caller gets it, and as its token carries it. */
import type { Decision } from '../routing/decide.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { RankedArm, RouteAnswer } from '../routing/request.js';
import type { TokenPayload } from '../routing/token.js';

export function answerOf({ logged, ranking, warnings }: Decision, token: string | undefined): RouteAnswer {
  const answer: RouteAnswer = {
    decision_id: logged.id,
    arm: logged.arm,
    propensity: logged.propensity,
    ranking: ranking as RankedArm[],
    policy: { name: logged.policy, version: versionOf(logged) },
    warnings: warnings as string[],
  };
  if (token !== undefined) answer.feedback_token = token;
  return answer;
}

export function tokenPayload(logged: LoggedDecision): TokenPayload {
  const { tenant, router, id, arm, propensity, revision, schema, epoch, features } = logged;
  return { tenant, router, decisionId: id, arm, propensity, revision, schema, epoch, features };
}

/** The latest view that was put in words, for thousands of decisions are made from one. */
let latest: { readonly view: LoggedDecision['view']; readonly revision: number; readonly words: string } | undefined;

/** Revision of the declaration and version of every stripe, as in "3:1.57,2.9". */
function versionOf({ revision, view }: LoggedDecision): string {
  if (latest?.view !== view || latest.revision !== revision) {
    const stripes = Object.entries(view).map(([stripe, version]) => `${stripe}.${version}`);
    latest = { view, revision, words: stripes.length === 0 ? `${revision}` : `${revision}:${stripes.join(',')}` };
  }
  return latest.words;
}
