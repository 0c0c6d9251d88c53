// Asks the rooms of a real sign-in what this application would get for this person. Nothing is issued, and nothing written.
import { OAuthError, type ResponseParts, responseParts } from '@latchkey/protocol'
import {
  type Answer,
  type Asked,
  type Entry,
  type Fact,
  reachOf,
  textOf,
  type Values,
} from '../../../platform/console/index.ts'
import { type Client, findClientByRow } from '../../../records/clients/index.ts'
import { findStanding, type GateDecision, type Standing, standingAllows } from '../../../records/grants/index.ts'
import {
  displayIdentifier,
  findUser,
  findUserByIdentifier,
  findUserBySubject,
  type User,
  usersNoun,
} from '../../../records/users/index.ts'
import { type NextStep, previewAuthorization } from '../../authorization/index.ts'
import { claimOrigins, claimsRequestOf, requestedNames } from '../../claims/index.ts'
import type { Context } from '../../context/index.ts'
import { previewIntrospection } from '../../introspection/index.ts'
import { decideScopes, previewTokens, requestedAudiences, type TokenPreview } from '../../token/index.ts'
import { userinfoClaims } from '../../userinfo/index.ts'
import {
  closedFinding,
  type PreviewedAnswer,
  type PreviewedScopes,
  previewFinding,
  refusedFinding,
} from './client-preview.ts'

/** As most people sign in here. */
const methods = ['pwd'] as const

const gone = { kind: 'refused', why: 'The application is gone.' } as const

export async function previewClient(
  context: Context,
  asked: Pick<Asked, 'actor'>,
  entry: Pick<Entry, 'id'>,
  values: Values,
): Promise<Answer> {
  const client = await findClientByRow(context.database, Number(entry.id))
  if (client === undefined) return gone
  const user = await personNamed(context, textOf(values['user'] ?? ''))
  // The same answer for a name that nobody has: who may not see people does not find out who there are.
  if (user?.id !== asked.actor.id && reachOf(asked.actor, await usersNoun(), 'view') !== 'all') {
    const why = 'What is told about other people is shown to those who may see people: the permission users.view.'
    return { kind: 'refused', why }
  }
  if (user === undefined) return { kind: 'invalid', errors: { user: ['There is no such person.'] } }
  const request = requestOf(values)
  const scopes: PreviewedScopes = {
    registered: client.scopes,
    requested: request.scope?.split(' '),
    granted: [],
    kept: [],
    withoutConsent: [],
  }
  try {
    return await preview(context, { client, user, request, scopes })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return { kind: 'found', finding: refusedFinding(error, scopes) }
  }
}

/** By e-mail, username, number or subject. */
export async function personNamed({ database }: Pick<Context, 'database'>, text: string): Promise<User | undefined> {
  const named = await findUserByIdentifier(database, text)
  if (named !== undefined) return named
  return /^[1-9]\d{0,14}$/.test(text) ? findUser(database, Number(text)) : findUserBySubject(database, text)
}

export interface Request {
  readonly scope: string | undefined
  readonly claims: string | undefined
  readonly resources: readonly string[]
}

export function requestOf(values: Values): Request {
  const words = (name: string): readonly string[] =>
    textOf(values[name] ?? '')
      .split(/\s+/)
      .filter((word) => word !== '')
  const claims = values['claims']
  return {
    scope: words('scopes').join(' ') || undefined,
    claims: typeof claims === 'string' ? claims : undefined,
    resources: words('resources'),
  }
}

interface Case {
  readonly client: Client
  readonly user: User
  readonly request: Request
  readonly scopes: PreviewedScopes
}

/** What a way to tokens comes to, whichever it is. */
interface Way {
  readonly name: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  readonly claims: string
  readonly parts: ResponseParts
  readonly step: NextStep
  readonly withoutConsent: readonly string[]
  readonly standing: Standing
  readonly gate: GateDecision
}

async function preview(context: Context, given: Case): Promise<Answer> {
  const { client, scopes } = given
  const way = await wayOf(context, given)
  if (way === 'none') return { kind: 'found', finding: noWay(client) }
  if (way === undefined) return gone
  const { gate, step } = way
  if (gate.kind === 'refuse') return { kind: 'found', finding: closedFinding(gate) }
  if (step.kind === 'refuse') throw new OAuthError(step.code, undefined, { rule: step.rule })
  // Everything else was answered as if the person had just signed in.
  if (step.kind !== 'issue' && step.kind !== 'consent') {
    throw new OAuthError('login_required', 'The request wants another person, or another sign-in.', { rule: step.kind })
  }
  const tokens = await previewTokens(context, {
    ...given,
    scopes: way.scopes.join(' '),
    audiences: way.audiences,
    claims: way.claims,
    methods,
    accessToken: way.parts.code || way.parts.accessToken,
    idToken: way.parts.code || way.parts.idToken,
    refreshable: way.parts.code,
  })
  const told = { ...scopes, granted: way.scopes, kept: tokens.target.scopes, withoutConsent: way.withoutConsent }
  const finding = previewFinding({
    client,
    scopes: told,
    facts: factsOf(given, way, tokens),
    answers: answersOf(context, given, way, tokens),
    isAsked: step.kind === 'consent',
  })
  return { kind: 'found', finding }
}

async function wayOf(context: Context, { client, user, request }: Case): Promise<Way | 'none' | undefined> {
  const asksPeople = client.metadata.responseTypes.some((type) => !responseParts(type).code)
  if (client.grantTypes.includes('authorization_code') || asksPeople) {
    const found = await previewAuthorization(context, { client, user, methods, ...request })
    return found && { name: 'The sign-in page', ...found, withoutConsent: found.scopesWithoutConsent }
  }
  return client.grantTypes.includes('password') ? byPassword(context, client, user, request) : 'none'
}

/** RFC 6749 §4.3: no page, no consent, no ID token. */
async function byPassword(
  context: Context,
  client: Client,
  user: User,
  { scope, resources }: Request,
): Promise<Way | undefined> {
  const scopes = decideScopes(client, scope?.split(' '))
  const audiences = await requestedAudiences(context, resources)
  const standing = await findStanding(context.database, user.id, client.row)
  return (
    standing && {
      name: 'The password grant',
      scopes,
      audiences,
      claims: '',
      parts: { code: false, accessToken: true, idToken: false },
      step: { kind: 'issue' },
      withoutConsent: [],
      standing,
      gate: standingAllows(standing, standing),
    }
  )
}

function noWay({ grantTypes }: Client): Extract<Answer, { kind: 'found' }>['finding'] {
  return {
    verdict: {
      tone: 'danger',
      says: 'No: this application gets no tokens for people.',
      why: 'Neither the authorization code nor the password grant is registered for it, and no response type without a code.',
    },
    facts: [{ label: 'Grant types', value: grantTypes }],
  }
}

function factsOf({ client, user }: Case, way: Way, { target, hasRefreshToken }: TokenPreview): readonly Fact[] {
  const refreshReason = client.grantTypes.includes('refresh_token')
    ? 'With openid it is given for offline_access only (OpenID Connect Core §11).'
    : 'The grant type refresh_token is not registered for the application.'
  return [
    { label: 'Person', value: displayIdentifier(user) },
    { label: 'Way', value: way.name },
    {
      label: 'Access token',
      value: target.signingAlgorithm === undefined ? 'opaque' : `JWT, ${target.signingAlgorithm}`,
      why:
        target.signingAlgorithm === undefined
          ? 'APIs ask about it at the introspection endpoint.'
          : 'The API is registered for it (RFC 9068).',
    },
    { label: 'For the APIs', value: target.audiences, why: 'Those that the request names as resource (RFC 8707).' },
    { label: 'Lives for (seconds)', value: target.lifetimeSeconds },
    { label: 'Refresh token', value: hasRefreshToken, ...(hasRefreshToken ? {} : { why: refreshReason }) },
  ]
}

function answersOf(
  context: Context,
  { client, user }: Case,
  way: Way,
  tokens: TokenPreview,
): readonly PreviewedAnswer[] {
  const asked = claimsRequestOf(way.claims)
  const { target } = tokens
  const carriesClaims = !way.parts.code && !way.parts.accessToken
  const answer = (
    content: Pick<PreviewedAnswer, 'title' | 'about' | 'claims'>,
    scopes: readonly string[],
    place: ReadonlyMap<string, unknown>,
  ): PreviewedAnswer => {
    const names = requestedNames(client, place)
    const unreleased = [...place.keys()].filter((name) => !Object.hasOwn(content.claims, name) && !names.includes(name))
    return { ...content, origins: claimOrigins(user, scopes, names), unreleased }
  }
  const { claims } = way
  return [
    ...(tokens.idToken === undefined
      ? []
      : [
          answer(
            { title: 'ID token', about: 'Who signed in, for the application itself.', claims: tokens.idToken },
            carriesClaims ? way.scopes : [],
            asked.idToken,
          ),
        ]),
    ...(target.scopes.includes('openid') && !carriesClaims
      ? [
          answer(
            {
              title: 'UserInfo',
              about: 'What the application reads with the access token.',
              claims: userinfoClaims(context, { client, user, scopes: target.scopes, claims }),
            },
            target.scopes,
            asked.userinfo,
          ),
        ]
      : []),
    ...(carriesClaims ? [] : [answer(accessAnswer(context, { client, user }, way, tokens), [], new Map())]),
  ]
}

function accessAnswer(
  context: Context,
  { client, user }: Pick<Case, 'client' | 'user'>,
  { standing }: Way,
  { target, accessToken }: TokenPreview,
): Pick<PreviewedAnswer, 'title' | 'about' | 'claims'> {
  if (accessToken !== undefined) {
    return { title: 'Access token', about: 'What the API reads in the token itself (RFC 9068).', claims: accessToken }
  }
  const { scopes, audiences, lifetimeSeconds } = target
  const claims = previewIntrospection(context, { client, user, standing, scopes, audiences, lifetimeSeconds, methods })
  return {
    title: 'Introspection',
    about: 'What an API is answered that may ask about any token (RFC 7662).',
    claims: { ...claims },
  }
}
