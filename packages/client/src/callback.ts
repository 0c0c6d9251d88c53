// Ends a sign-in: is this answer the one to a request of this browser, from the server that was asked, and who is it
// about? RFC 6749 §4.1.2; RFC 9207 §2.4 (before anything else is asked); RFC 9700 §4.4, §4.5, §4.7.

import { type AuthorizationServer, AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import { accountFor, linkAccount } from './accounts.ts'
import { LoginFailure } from './causes.ts'
import { parseCookies } from './cookies.ts'
import { textOf } from './json.ts'
import type { SentCookies } from './keeper.ts'
import { causeOfLoss } from './loss.ts'
import { type Parts, redirect, type Way } from './parts.ts'
import { digest, randomId } from './platform/crypto/index.ts'
import { requestProfile } from './profile-request.ts'
import { providerId, providerKey } from './provider.ts'
import { type LoginRequest, queryOf } from './request.ts'
import type { SessionContent } from './session.ts'
import { Flights, Recent } from './recent.ts'
import { redeemCode } from './tokens.ts'
import { TRANSACTION_SECONDS, type Transaction } from './transaction.ts'
import type { Profile } from './user.ts'

/** Where a browser goes, and with which cookies. */
interface Landing {
  readonly location: string
  readonly setCookie: readonly string[]
}

/** Answers a callback. @throws LoginFailure, with a cause */
export type Callback = (request: LoginRequest, way: Way) => Promise<Response>

const REPEAT_MS = 30_000
const MOST = 1_000

/** Makes the callback of an app. A browser that calls it twice at once is answered the same, and its code is used once. */
export function createCallback(parts: Parts): Callback {
  const flights = new Flights<Landing>()
  const landings = new Recent<Landing>(parts.clock, MOST)
  return async (request, way) => {
    const parameters = await parametersOf(request)
    const sent = parseCookies(request.header('cookie'))
    const recalled = await recall(parts, request, parameters, sent)
    if (recalled.kind === 'done') return redirect(recalled.returnTo)
    const { transaction } = recalled
    const known =
      landings.get(transaction.id) ??
      (await flights.join(transaction.id, async () => {
        const landing = await land(parts, way, parameters, transaction, sent)
        landings.put(transaction.id, landing, parts.clock.now() + REPEAT_MS)
        return landing
      }))
    return redirect(known.location, known.setCookie)
  }
}

/** Errors may also be posted (form_post): then the cookie is missing, and the page says why. */
async function parametersOf(request: LoginRequest): Promise<URLSearchParams> {
  return request.method === 'POST' ? request.form() : queryOf(request)
}

type Recalled =
  | { readonly kind: 'pending'; readonly transaction: Transaction }
  | { readonly kind: 'done'; readonly returnTo: string }

async function recall(
  parts: Parts,
  request: LoginRequest,
  parameters: URLSearchParams,
  sent: SentCookies,
): Promise<Recalled> {
  const { transactions, settings, clock, keeper } = parts
  const [state, ...others] = parameters.getAll('state')
  const facts = state === undefined || others.length > 0 ? undefined : await transactions.readState(state)
  if (facts === undefined) {
    const error = parameters.get('error')
    const detail = state === undefined ? 'no state' : 'a state that was not made here'
    throw new LoginFailure('state-unknown', {
      detail: error === null ? detail : `${detail}; error=${error.slice(0, 80)}`,
    })
  }
  const remembered = await transactions.recall(facts, sent)
  if (remembered.kind === 'done') {
    // The back button, or a reload: whoever is signed in goes on to where the sign-in led.
    if ((await keeper.read(sent)) !== undefined) return remembered
    throw new LoginFailure('second-use')
  }
  if (clock.now() - facts.startedAt > TRANSACTION_SECONDS * 1000) {
    const minutes = Math.round((clock.now() - facts.startedAt) / 60_000)
    throw new LoginFailure('expired', { detail: `begun ${minutes} minutes ago` })
  }
  if (remembered.kind === 'absent') throw new LoginFailure(causeOfLoss(request, settings.baseUrl, facts))
  return remembered
}

async function land(
  parts: Parts,
  way: Way,
  parameters: URLSearchParams,
  transaction: Transaction,
  sent: SentCookies,
): Promise<Landing> {
  const { keeper, clock, transactions } = parts
  if (providerId(way.provider) !== transaction.providerId) {
    throw new LoginFailure('mixed-up-server', { detail: 'the redirect URI is that of another server' })
  }
  const metadata = await way.server.metadata()
  const validated = validate(metadata, way, parameters)
  const isFirst = await keeper.once(`state ${await digest(transaction.id)}`, clock.now() + TRANSACTION_SECONDS * 1000)
  if (!isFirst) throw new LoginFailure('second-use')
  const signedIn = await identify(parts, way, metadata, validated, transaction)
  const session = await (transaction.purpose.kind === 'link'
    ? linkTo(parts, transaction.purpose.account, signedIn, sent)
    : enter(parts, signedIn, sent))
  return { location: transaction.returnTo, setCookie: [...session, await transactions.finish(transaction)] }
}

/** RFC 9207 §2.4 and the error of RFC 6749 §4.1.2.1, before any request to a token endpoint. */
function validate(metadata: AuthorizationServer, { server, provider }: Way, sent: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams(sent)
  const repeated = [...parameters.keys()].find((name, at, all) => all.indexOf(name) !== at)
  if (repeated !== undefined) throw new LoginFailure('server-broken', { detail: 'a parameter is repeated' })
  const isIssuerKnown = !('endpoints' in provider) || provider.issuer !== undefined
  // A server that is known by its URLs alone has no name that iss could be compared with.
  if (!isIssuerKnown) parameters.delete('iss')
  const issuer = parameters.get('iss')
  const isMissing = issuer === null && metadata.authorization_response_iss_parameter_supported === true
  if (isMissing) throw new LoginFailure('mixed-up-server', { detail: 'no iss' })
  if (issuer !== null && issuer !== metadata.issuer) {
    throw new LoginFailure('mixed-up-server', { detail: `iss is ${issuer.slice(0, 200)}` })
  }
  parameters.delete('state')
  const incident = textOf(parameters.get('latchkey_incident') ?? parameters.get('incident'))?.slice(0, 64)
  try {
    return validateAuthResponse(metadata, server.client, parameters)
  } catch (cause) {
    if (cause instanceof AuthorizationResponseError) {
      const { error, error_description: description } = cause
      const detail = [error, description].filter((part) => part !== undefined).join(': ')
      throw new LoginFailure(reasonOf(error), { detail: detail.slice(0, 300), incident, cause })
    }
    const detail = cause instanceof Error ? cause.message : undefined
    throw new LoginFailure('server-broken', { detail, incident, cause })
  }
}

function reasonOf(error: string): 'denied' | 'interaction-required' | 'server-unreachable' | 'server-refused' {
  switch (error) {
    case 'access_denied':
      return 'denied'
    case 'login_required':
    case 'consent_required':
    case 'interaction_required':
    case 'account_selection_required':
      return 'interaction-required'
    case 'temporarily_unavailable':
      return 'server-unreachable'
    default:
      return 'server-refused'
  }
}

interface SignedIn {
  readonly content: SessionContent
  readonly profile: Profile
}

async function identify(
  { clock, toleranceSeconds, sessionMs }: Parts,
  { provider, redirectUri, server }: Way,
  metadata: AuthorizationServer,
  parameters: URLSearchParams,
  transaction: Transaction,
): Promise<SignedIn> {
  const code = textOf(parameters.get('code'))
  if (code === undefined) throw new LoginFailure('server-broken', { detail: 'neither code nor error' })
  const { verifier, nonce, purpose, startedAt } = transaction
  const authenticatedSince = purpose.kind === 'link' ? Math.floor(startedAt / 1000) : undefined
  const redemption = { parameters, code, redirectUri, verifier, nonce, authenticatedSince }
  const granted = await redeemCode(server, metadata, redemption, { now: clock.now(), toleranceSeconds })
  const profile = await requestProfile(server, metadata, granted)
  const now = clock.now()
  const content: SessionContent = {
    id: randomId(32),
    providerId: providerId(provider),
    provider: providerKey(provider),
    profile,
    sid: textOf(granted.claims?.['sid']),
    account: undefined,
    tokens: granted.tokens,
    signedInAt: now,
    expiresAt: now + sessionMs,
  }
  return { content, profile }
}

/** A new session under a new id; the one that the browser had before ends. */
async function enter(parts: Parts, { content, profile }: SignedIn, sent: SentCookies): Promise<readonly string[]> {
  const { accounts, clock, keeper } = parts
  const account = accounts && (await accountFor(accounts, content.provider, profile, clock.now()))
  const before = await keeper.read(sent)
  if (before !== undefined) await keeper.end(before)
  return keeper.create({ ...content, account: account?.id }, sent)
}

/** Connects, if whoever began it is still the one who is signed in. The session stays as it is. */
async function linkTo(
  { accounts, clock, keeper }: Parts,
  account: number,
  { content, profile }: SignedIn,
  sent: SentCookies,
): Promise<readonly string[]> {
  const current = await keeper.read(sent)
  const owner = await accounts?.find(account)
  if (accounts === undefined || current?.content.account !== account || owner?.isActive !== true) {
    throw new LoginFailure('not-signed-in')
  }
  await linkAccount(accounts, account, content.provider, profile, clock.now())
  return []
}
