// What an authorization request would come to for a person who has just signed in: read and decided as a real one is, but nobody
// is asked, and nothing is issued or written.
import { type ResponseParts, responseParts } from '@latchkey/protocol'
import { Parameters } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { scopesWithoutConsent } from '../../records/consents/index.ts'
import { findAuthorizationBasis, type GateDecision, type Standing, standingAllows } from '../../records/grants/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import { requestedAudiences } from '../token/index.ts'
import { demandsOf } from './demands.ts'
import { type NextStep, nextStep } from './next-step.ts'
import { findDestination, readRequest } from './request.ts'
import { signInFacts } from './sign-in-facts.ts'

export interface PreviewedRequest {
  readonly client: Client
  readonly user: User
  /** As the parameters would be sent; undefined leaves one out. */
  readonly scope: string | undefined
  readonly claims: string | undefined
  readonly resources: readonly string[]
  /** How the person would have signed in. */
  readonly methods: readonly string[]
}

export interface AuthorizationPreview {
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** The claims request as text; '' for none. */
  readonly claims: string
  readonly parts: ResponseParts
  /** What is left to do once the person has signed in. */
  readonly step: NextStep
  readonly scopesWithoutConsent: readonly string[]
  readonly standing: Standing
  /** Whether anything could be issued to the two of them at all. */
  readonly gate: GateDecision
}

/**
 * @returns undefined when the person or the client is gone
 * @throws OAuthError as the request would be refused
 */
export async function previewAuthorization(
  context: Context,
  preview: PreviewedRequest,
): Promise<AuthorizationPreview | undefined> {
  const { user, methods } = preview
  const destination = await findDestination(context, parametersOf(preview))
  const { client } = destination
  const { request, asked } = readRequest(destination, parametersOf(preview))
  const audiences = await requestedAudiences(context, request.resources)
  const demands = demandsOf(request, client.metadata, undefined)
  const basis = await findAuthorizationBasis(context.database, user.id, client.row)
  if (basis === undefined) return undefined
  const now = context.clock.now()
  const missing = scopesWithoutConsent(basis.consent, asked.scopesToAllow)
  const facts = {
    ...signInFacts(context, client, { user, session: { authenticatedAt: now, methods } }, demands),
    startedAt: now,
    accountChosen: true,
    consent: client.consent,
    scopesWithoutConsent: missing,
  }
  return {
    scopes: asked.scopes,
    audiences,
    claims: asked.claims,
    parts: responseParts(asked.responseType),
    step: nextStep(facts, now),
    scopesWithoutConsent: client.consent === 'ask' ? missing : [],
    standing: basis.standing,
    gate: standingAllows(basis.standing, basis.standing),
  }
}

/** With all that the client's registration may ask for, so that only what is asked about can fail. */
function parametersOf({ client, scope, claims, resources }: PreviewedRequest): Parameters {
  const { responseTypes } = client.metadata
  const [redirectUri] = client.redirectUris
  const pairs: (readonly [string, string | undefined])[] = [
    ['response_type', responseTypes.includes('code') ? 'code' : responseTypes[0]],
    ['client_id', client.clientId],
    ['redirect_uri', redirectUri],
    ['scope', scope],
    ['claims', claims],
    ['nonce', 'preview'],
    ['code_challenge', 'A'.repeat(43)],
    ['code_challenge_method', 'S256'],
    ...resources.map((resource) => ['resource', resource] as const),
  ]
  return new Parameters(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}
