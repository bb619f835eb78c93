/** A decision as a caller gets it, and as its token carries it. */
import type { Decision } from '../routing/decide.js';
import type { LoggedDecision } from '../routing/decision.js';
import type { RankedArm, RouteAnswer } from '../routing/request.js';
import type { TokenPayload } from '../routing/token.js';

export function answerOf({ logged, ranking, warnings }: Decision, token: string | undefined): RouteAnswer {
  return {
    decision_id: logged.id,
    ...(token === undefined ? {} : { feedback_token: token }),
    arm: logged.arm,
    propensity: logged.propensity,
    ranking: ranking as RankedArm[],
    policy: { name: logged.policy, version: versionOf(logged) },
    warnings: warnings as string[],
  };
}

export const tokenPayload = (logged: LoggedDecision): TokenPayload => ({ ...logged, decisionId: logged.id });

/** Revision of the declaration and version of every stripe, as in "3:1.57,2.9". */
function versionOf({ revision, view }: LoggedDecision): string {
  let stripes = '';
  for (const stripe in view) stripes += `${stripes && ','}${stripe}.${view[stripe]}`;
  return stripes === '' ? `${revision}` : `${revision}:${stripes}`;
}
