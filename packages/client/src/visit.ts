// Finds out who is signed in, for any request of the app, and renews the tokens when they have run out.
// RFC 6749 §6; design: a session is lost only when the server says so.

import { LoginFailure } from './causes.ts'
import { parseCookies } from './cookies.ts'
import type { Exchange, Kept } from './keeper.ts'
import { type Parts, waysOf } from './parts.ts'
import { providerId, providerKey } from './provider.ts'
import type { LoginRequest } from './request.ts'
import { type Session, type SessionContent, viewOf } from './session.ts'
import { refreshTokens } from './tokens.ts'
import type { User } from './user.ts'

/**
 * Who came with a request.
 * @example
 * import type { Visit } from '@latchkey/client'
 * const name = ({ session }: Visit): string => session?.user.username ?? 'world'
 */
export interface Visit {
  readonly session: Session | undefined
  /** `Set-Cookie` lines for the answer. */
  readonly setCookie: readonly string[]
}

const NOBODY: Visit = { session: undefined, setCookie: [] }

/** Reads the session of a request. @param mayRenew false where no cookie can be set */
export async function openVisit(
  parts: Parts,
  request: Pick<LoginRequest, 'header'>,
  mayRenew: boolean,
): Promise<Visit> {
  const sent = parseCookies(request.header('cookie'))
  const kept = await parts.keeper.read(sent)
  if (kept === undefined) return NOBODY
  const { tokens } = kept.content
  const isStale = tokens.accessExpiresAt !== undefined && tokens.accessExpiresAt <= parts.clock.now()
  const isPossible = mayRenew || !parts.keeper.renewsByCookie
  if (!isStale || tokens.refresh === undefined || !isPossible) return visitOf(parts, kept, kept.content, [])
  const renewal = await parts.keeper.renew(kept, sent, () => exchange(parts, kept.content))
  switch (renewal.kind) {
    case 'renewed':
      return visitOf(parts, kept, renewal.content, renewal.setCookie)
    case 'unknown':
      return visitOf(parts, kept, kept.content, [])
    case 'ended':
      return NOBODY
  }
}

async function visitOf(
  parts: Parts,
  kept: Kept,
  content: SessionContent,
  setCookie: readonly string[],
): Promise<Visit> {
  const user = await userOf(parts, content)
  if (user === undefined) {
    await parts.keeper.end(kept)
    return NOBODY
  }
  return { session: viewOf(content, user, parts.clock.now()), setCookie }
}

/** The account decides, where there is one: a person who is shut out is out with the next request. */
async function userOf({ accounts }: Parts, content: SessionContent): Promise<User | undefined> {
  const { profile, provider } = content
  if (accounts === undefined) return { ...profile, id: undefined, provider }
  const account = content.account === undefined ? undefined : await accounts.find(content.account)
  if (account === undefined || !account.isActive) return undefined
  const { id, username, email, emailVerified, name, givenName, familyName } = account
  return { ...profile, id, provider, username, email, emailVerified, name, givenName, familyName }
}

/** A reply that was lost is asked for once more: the server gives the same successor to a retry. */
const ATTEMPTS = 2

async function exchange(
  parts: Parts,
  { providerId: id, provider, tokens, profile }: SessionContent,
): Promise<Exchange> {
  const { refresh } = tokens
  const way = (await waysOf(parts)).find((one) => providerId(one.provider) === id)
  if (way === undefined || providerKey(way.provider) !== provider || refresh === undefined) {
    return { kind: 'ended', failure: new LoginFailure('unknown-provider', { detail: id }) }
  }
  const circumstances = { now: parts.clock.now(), toleranceSeconds: parts.toleranceSeconds }
  let failure = new LoginFailure('server-unreachable')
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const metadata = await way.server.metadata()
      const known = { ...tokens, refresh }
      return {
        kind: 'tokens',
        tokens: await refreshTokens(way.server, metadata, known, profile.subject, circumstances),
      }
    } catch (error) {
      failure = error instanceof LoginFailure ? error : new LoginFailure('server-broken', { cause: error })
      if (failure.reason !== 'server-unreachable') break
    }
  }
  parts.report(failure)
  return { kind: isFinal(failure) ? 'ended' : 'unknown', failure }
}

/** The server no longer grants it, or it answers with what cannot be believed. All else may be better in a moment. */
function isFinal({ reason }: LoginFailure): boolean {
  return !['server-unreachable', 'server-broken', 'server-refused', 'client-refused', 'unknown-key', 'clock'].includes(
    reason,
  )
}
