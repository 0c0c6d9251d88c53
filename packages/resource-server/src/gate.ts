// Decides whether a request may pass: who is calling, from a token or a session, and whether the rule of the route is met.
// Every adapter calls it. RFC 6750 §2.1, §3. It fails closed: what cannot be checked is 503, never a pass and never 401.

import { parseAuthorization } from '@latchkey/protocol'
import type { Auth, LocalUser, TokenClaims } from './auth.ts'
import type { SessionLogin } from './options.ts'
import type { Clock } from './platform/time/index.ts'
import { type Reason, type RefusalBody, type Refused, refuse } from './refusal.ts'
import { type GuardRequest, isSafe } from './request.ts'
import { decide, isPublic, type Outcome, type Rule, takesSession } from './rule.ts'
import { isSameOrigin } from './same-origin.ts'
import { faultOfFacts, type Policy, type TokenFacts } from './token-facts.ts'
import { type Fault, Unreachable } from './upstream.ts'
import { findOrCreate, type UserStore } from './user-store.ts'
import type { Verified, Verify } from './verifier.ts'

/**
 * A request that may pass.
 * @example
 * import type { Allowed } from '@latchkey/resource-server'
 * const subject = ({ auth }: Allowed): string | undefined => auth?.subject
 */
export interface Allowed<Scope extends string = string, Claims = TokenClaims> {
  readonly allowed: true
  /** Undefined on a public route only. */
  readonly auth: Auth<Scope, Claims> | undefined
  /** What the answer varies by; to be added to its `Vary` header. */
  readonly vary: string | undefined
}

/**
 * What becomes of a request.
 * @example
 * import { protect, type Decision } from '@latchkey/resource-server'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const request = { method: 'GET', url: '/', header: () => undefined, params: {} }
 * const decision: Decision<'read'> = await api.check(request, 'read')
 */
export type Decision<Scope extends string = string, Claims = TokenClaims> = Allowed<Scope, Claims> | Refused

type Judgement<Scope extends string, Claims> = Decision<Scope, Claims> | Promise<Decision<Scope, Claims>>

/** What a gate works with. */
export interface GateParts<Scope extends string, Claims> {
  readonly verify: Verify<Auth<Scope, Claims>>
  readonly policy: Policy
  readonly clock: Clock
  readonly users: UserStore | undefined
  readonly session:
    | ((request: GuardRequest) => SessionLogin<Claims> | undefined | Promise<SessionLogin<Claims> | undefined>)
    | undefined
  readonly login: string | undefined
  readonly refusals: RefusalBody
  readonly report: (fault: Fault) => void
  readonly metadataUrl: string | undefined
}

const PUBLIC = Object.freeze({ allowed: true, auth: undefined, vary: undefined } as const)

/** The gate of one API. */
export class Gate<Scope extends string, Claims> {
  readonly #parts: GateParts<Scope, Claims>

  constructor(parts: GateParts<Scope, Claims>) {
    this.#parts = parts
  }

  /** At once when everything is remembered, so that a warm guard costs no turn of the event loop. */
  check(request: GuardRequest, wanted: Rule | Scope): Judgement<Scope, Claims> {
    const rule: Rule = typeof wanted === 'string' ? { kind: 'scopes', scopes: [wanted] } : wanted
    try {
      if (isPublic(rule, request)) return PUBLIC
      const judgement = this.#judge(request, rule)
      return judgement instanceof Promise ? judgement.catch((cause: unknown) => this.#failed(cause, rule)) : judgement
    } catch (cause) {
      return this.#failed(cause, rule)
    }
  }

  #judge(request: GuardRequest, rule: Rule): Judgement<Scope, Claims> {
    const authorization = parseAuthorization(request.header('authorization'))
    if (authorization.kind === 'bearer') {
      const verified = this.#parts.verify(authorization.token)
      return verified instanceof Promise
        ? verified.then((known) => this.#withToken(request, rule, known))
        : this.#withToken(request, rule, verified)
    }
    if (authorization.kind === 'absent') return this.#withoutToken(request, rule)
    if (authorization.kind === 'malformed' && authorization.scheme === 'bearer') {
      return this.#refuseToken(request, rule, 'The token is malformed.')
    }
    return this.#decide(rule, request, undefined)
  }

  #failed(cause: unknown, rule: Rule): Refused {
    if (cause instanceof Unreachable) {
      return this.#refuse({ kind: 'unavailable', retryAfterSeconds: cause.retryAfterSeconds }, rule)
    }
    this.#parts.report({ kind: 'check', cause })
    const why = 'The request cannot be checked. Try again shortly.'
    return this.#refuse({ kind: 'unavailable', retryAfterSeconds: 1, why }, rule)
  }

  #withToken(request: GuardRequest, rule: Rule, verified: Verified<Auth<Scope, Claims>>): Judgement<Scope, Claims> {
    const { policy, clock, users } = this.#parts
    if (verified.kind === 'refused') return this.#refuseToken(request, rule, verified.why)
    const fault = faultOfFacts(verified.facts, policy, clock.now())
    if (fault !== undefined) return this.#refuseToken(request, rule, fault)
    const auth = users === undefined ? verified.made : this.#withUser(users, verified.made, verified.facts)
    return auth instanceof Promise
      ? auth.then((known) => this.#withAuth(request, rule, known))
      : this.#withAuth(request, rule, auth)
  }

  #withAuth(request: GuardRequest, rule: Rule, auth: Auth<Scope, Claims>): Judgement<Scope, Claims> {
    if (auth.user?.isActive === false) return this.#refuseToken(request, rule, 'The user is deactivated here.')
    return this.#decide(rule, request, auth)
  }

  #withUser(
    users: UserStore,
    auth: Auth<Scope, Claims>,
    facts: TokenFacts,
  ): Auth<Scope, Claims> | Promise<Auth<Scope, Claims>> {
    const { issuer, subject, username, clientId } = auth
    // RFC 9068 §2.2: a client that calls for itself is its own subject.
    if (subject === undefined || subject === clientId) return auth
    const email = facts.claims['email']
    const identity = { issuer, subject, username, email: typeof email === 'string' ? email : undefined }
    const found = findOrCreate(users, identity, this.#parts.clock.now())
    return found instanceof Promise ? found.then((user) => ({ ...auth, user })) : { ...auth, user: found }
  }

  #decide(rule: Rule, request: GuardRequest, auth: Auth<Scope, Claims> | undefined): Judgement<Scope, Claims> {
    const outcome = decide(rule, auth, request)
    return outcome instanceof Promise
      ? outcome.then((settled) => this.#settle(rule, auth, settled))
      : this.#settle(rule, auth, outcome)
  }

  async #withoutToken(request: GuardRequest, rule: Rule): Promise<Decision<Scope, Claims>> {
    const { session, login } = this.#parts
    const entered = session !== undefined && takesSession(rule) ? await session(request) : undefined
    const user = entered === undefined ? undefined : await this.#userOf(entered)
    const auth = user?.isActive === true ? authOfSession<Scope, Claims>(user, entered?.claims) : undefined
    if (auth !== undefined && !isSafe(request.method) && !isSameOrigin(request)) {
      return this.#refuse({ kind: 'forbidden', why: 'CSRF Failed: the request comes from another site.' }, rule)
    }
    const outcome = await decide(rule, auth, request)
    // Only here, without Authorization, is it a browser's: a program is told what is wrong and never sent to a page.
    if (rule.kind === 'page' && login !== undefined && outcome.kind === 'unauthenticated') {
      return this.#refuse(toLogin(login, request), rule)
    }
    return this.#settle(rule, auth, outcome)
  }

  #userOf({ user, identity }: SessionLogin<Claims>): LocalUser | Promise<LocalUser> {
    const { users, clock } = this.#parts
    if (user !== undefined) return user
    if (users === undefined) throw new TypeError('A session that gives an identity needs `users` to find its user in.')
    return findOrCreate(users, identity, clock.now())
  }

  #settle(rule: Rule, auth: Auth<Scope, Claims> | undefined, outcome: Outcome): Decision<Scope, Claims> {
    switch (outcome.kind) {
      case 'allowed':
        return { allowed: true, auth, vary: varyOf(rule) }
      case 'insufficient':
        return this.#refuse({ kind: 'scope-missing', scopes: outcome.scopes }, rule)
      case 'forbidden':
        return this.#refuse({ kind: 'forbidden' }, rule)
      case 'unauthenticated':
        return this.#refuse({ kind: 'token-missing', scopes: outcome.scopes }, rule)
    }
  }

  async #refuseToken(request: GuardRequest, rule: Rule, why: string): Promise<Refused> {
    const anonymous = await decide(rule, undefined, request)
    const scopes = anonymous.kind === 'unauthenticated' ? anonymous.scopes : []
    return this.#refuse({ kind: 'token-refused', why, scopes }, rule)
  }

  #refuse(reason: Reason, rule: Rule): Refused {
    return refuse(reason, this.#parts.refusals, this.#parts.metadataUrl, varyOf(rule))
  }
}

function authOfSession<Scope extends string, Claims>(user: LocalUser, claims?: Claims): Auth<Scope, Claims> {
  const { issuer, subject, username } = user
  // Claims may be left out only where their type is the open record.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const given = (claims ?? {}) as Claims
  return {
    via: 'session',
    issuer,
    subject,
    clientId: undefined,
    username,
    scopes: [],
    expiresAt: undefined,
    claims: given,
    user,
  }
}

function varyOf(rule: Rule): string {
  return takesSession(rule) ? 'Authorization, Cookie' : 'Authorization'
}

function toLogin(login: string, { method, url }: GuardRequest): Reason {
  const isRead = isSafe(method)
  if (!isRead) return { kind: 'login', location: login, status: 303 }
  // Only a path of this site is carried along.
  const next = /^\/(?![/\\])/.test(url) ? url : '/'
  const separator = login.includes('?') ? '&' : '?'
  const location = `${login}${separator}next=${encodeURIComponent(next).replaceAll('%2F', '/')}`
  return { kind: 'login', location, status: 302 }
}
