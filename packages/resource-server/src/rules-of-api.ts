// The ways to say who may use a route, with the scopes of one API: a scope that it does not declare does not compile.

import type { Auth, TokenClaims } from './auth.ts'
import { operationsOf, type OpenApiDocument } from './openapi.ts'
import type { GuardRequest } from './request.ts'
import type { Rule } from './rule.ts'

/**
 * The prefixes `p` for which an API declares both `p:read` and `p:write`.
 * @example
 * import type { ReadWritePrefix } from '@latchkey/resource-server'
 * const prefix: ReadWritePrefix<'music:read' | 'music:write' | 'art:read'> = 'music'
 */
export type ReadWritePrefix<Scope extends string, All extends string = Scope> = Scope extends `${infer Prefix}:read`
  ? `${Prefix}:write` extends All
    ? Prefix
    : never
  : never

/**
 * What `readWrite` takes: a prefix, or nothing where the API declares `read` and `write` themselves.
 * @example
 * import type { ReadWriteArguments } from '@latchkey/resource-server'
 * const none: ReadWriteArguments<'read' | 'write'> = []
 */
export type ReadWriteArguments<Scope extends string> = ['read' | 'write'] extends [Scope]
  ? [prefix?: ReadWritePrefix<Scope>]
  : [prefix: ReadWritePrefix<Scope>]

/**
 * The rules of an API; each says who may use a route.
 * @example
 * import { protect, type Rules } from '@latchkey/resource-server'
 * const rules: Rules<'read'> = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 */
export interface Rules<Scope extends string = string, Claims = TokenClaims> {
  /** Anyone; a token that is sent along is not looked at (AllowAny). */
  public(): Rule
  /** Whoever has a valid token (IsAuthenticated). */
  authenticated(): Rule
  /** A token with all of these scopes (TokenHasScope). */
  requires(...scopes: readonly [Scope, ...Scope[]]): Rule
  /** A token with `read` to read and `write` to change; with a prefix `music`, `music:read` and `music:write`. */
  readWrite(...prefix: ReadWriteArguments<Scope>): Rule
  /** A browser that is signed in here; what it changes must come from a page of ours. */
  session(): Rule
  /** One of the rules suffices (IsAuthenticatedOrTokenHasScope, `|`). */
  any(...rules: readonly [Rule, ...Rule[]]): Rule
  /** Every one of the rules must hold (`&`). */
  all(...rules: readonly [Rule, ...Rule[]]): Rule
  /** The rule, and a question about the object itself. A refusal is 403. */
  allow(rule: Rule, permission: (auth: Auth<Scope, Claims>, request: GuardRequest) => boolean | Promise<boolean>): Rule
  /** What the `security` of an OpenAPI document says; undeclared operations are denied. */
  fromOpenApi(document: OpenApiDocument, options?: { readonly basePath?: string }): Rule
  /** A page for people: a browser that is not signed in is sent to the login page; a bad token gets 401. */
  page(rule?: Rule): Rule
}

interface Abilities {
  readonly scopes: readonly string[]
  readonly hasSession: boolean
  readonly hasLogin: boolean
}

/** Makes the rules of one API. */
export function createRules<Scope extends string, Claims>(abilities: Abilities): Rules<Scope, Claims> {
  const session = (): Rule => {
    if (!abilities.hasSession) throw new TypeError('protect() was given no session to look at.')
    return { kind: 'session' }
  }
  const declared = (scope: string): string => {
    if (abilities.scopes.includes(scope)) return scope
    throw new TypeError(`The API does not declare the scope ${scope}.`)
  }
  const inner = (rules: readonly Rule[]): readonly Rule[] => {
    const isMisplaced = rules.some(({ kind }) => kind === 'page' || kind === 'public')
    if (isMisplaced || rules.length === 0) throw new TypeError('A page or public rule stands alone.')
    return rules
  }
  return {
    public: () => ({ kind: 'public' }),
    authenticated: () => ({ kind: 'authenticated' }),
    requires: (...scopes) => ({ kind: 'scopes', scopes: scopes.map(declared) }),
    readWrite: (...[prefix]) => {
      const start = prefix === undefined ? '' : `${prefix}:`
      return { kind: 'read-write', read: declared(`${start}read`), write: declared(`${start}write`) }
    },
    session,
    any: (...rules) => ({ kind: 'any', rules: inner(rules) }),
    all: (...rules) => ({ kind: 'all', rules: inner(rules) }),
    allow: (rule, permission) => {
      inner([rule])
      return { kind: 'allow', rule, permission }
    },
    fromOpenApi: (document, { basePath = '' } = {}) => {
      const operations = operationsOf(document, basePath, (scope) => abilities.scopes.includes(scope))
      return { kind: 'openapi', operations }
    },
    page: (rule) => {
      if (!abilities.hasLogin) throw new TypeError('protect() was given no login page.')
      const wanted = rule ?? { kind: 'any', rules: [session(), { kind: 'authenticated' }] }
      inner([wanted])
      return { kind: 'page', rule: wanted }
    },
  }
}
