// How the sign-in that is there stands to what the request demands of one.
import type { Client } from '../../records/clients/index.ts'
import type { SignedIn } from '../browser/index.ts'
import { acrOf, acrValues, subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'
import { assuranceOf, type SignInDemands } from './demands.ts'
import type { StepFacts } from './next-step.ts'

/** All that counts of a sign-in here. */
export interface KnownSignIn {
  readonly user: SignedIn['user']
  readonly session: Pick<SignedIn['session'], 'authenticatedAt' | 'methods'>
}

export function signInFacts(
  context: Pick<Context, 'keys' | 'identity'>,
  client: Client,
  signedIn: KnownSignIn | undefined,
  demands: SignInDemands,
): Pick<StepFacts, 'demands' | 'authenticatedAt' | 'isExpectedPerson' | 'assurance' | 'signUp'> {
  const reached = signedIn && acrOf(signedIn.session.methods)
  return {
    demands,
    authenticatedAt: signedIn?.session.authenticatedAt,
    isExpectedPerson: signedIn === undefined || isExpected(context, client, signedIn, demands),
    assurance: assuranceOf(demands, reached, acrValues),
    signUp: context.identity.signUp,
  }
}

function isExpected(
  context: Pick<Context, 'keys'>,
  client: Client,
  { user }: KnownSignIn,
  { subjects }: SignInDemands,
): boolean {
  return subjects === undefined || subjects.includes(subjectFor(context, client, user))
}
