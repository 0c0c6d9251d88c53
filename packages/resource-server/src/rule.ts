// Decides whether a caller may use a route. Rules are values, so that an inventory can list them and a test can ask for
// them. RFC 6750 §3.1 (insufficient_scope); the classes of Django REST framework and django-oauth-toolkit, translated.

import type { Auth } from './auth.ts'
import { type Operation, operationOf } from './openapi.ts'
import { type GuardRequest, isSafe } from './request.ts'

/** Asked about one object, e.g. whether the caller owns it. */
export type Permission = (auth: never, request: GuardRequest) => boolean | Promise<boolean>

/**
 * Who may use a route. Rules are made by the methods of an {@link Api}.
 * @example
 * import { protect, type Rule } from '@latchkey/resource-server'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const rule: Rule = api.requires('read')
 */
export type Rule =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'session' }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'read-write'; readonly read: string; readonly write: string }
  | { readonly kind: 'any'; readonly rules: readonly Rule[] }
  | { readonly kind: 'all'; readonly rules: readonly Rule[] }
  | { readonly kind: 'openapi'; readonly operations: readonly Operation[] }
  | { readonly kind: 'allow'; readonly rule: Rule; readonly permission: Permission }
  | { readonly kind: 'page'; readonly rule: Rule }

/** What a rule answers. */
export type Outcome =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'unauthenticated'; readonly scopes: readonly string[] }
  | { readonly kind: 'insufficient'; readonly scopes: readonly string[] }
  | { readonly kind: 'forbidden' }

type Caller = Auth<string, unknown> | undefined

const ALLOWED: Outcome = { kind: 'allowed' }
const FORBIDDEN: Outcome = { kind: 'forbidden' }

/** Applies a rule to a caller; a promise only where a permission on an object is asked. */
export function decide(rule: Rule, caller: Caller, request: GuardRequest): Outcome | Promise<Outcome> {
  switch (rule.kind) {
    case 'public':
      return ALLOWED
    case 'authenticated':
      return withScopes([], caller)
    case 'session':
      return caller?.via === 'session' ? ALLOWED : caller === undefined ? unauthenticated([]) : FORBIDDEN
    case 'scopes':
      return withScopes(rule.scopes, caller)
    case 'read-write':
      return withScopes([isSafe(request.method) ? rule.read : rule.write], caller)
    case 'any':
      return first(rule.rules, caller, request, (outcome) => outcome.kind === 'allowed')
    case 'all':
      return first(rule.rules, caller, request, (outcome) => outcome.kind !== 'allowed')
    case 'openapi': {
      const declared = operationOf(rule.operations, request.method, request.url)
      return declared === undefined ? withoutRule(caller) : decide(declared.rule, caller, request)
    }
    case 'allow':
      return allow(rule.rule, rule.permission, caller, request)
    case 'page':
      return decide(rule.rule, caller, request)
  }
}

function withScopes(scopes: readonly string[], caller: Caller): Outcome {
  if (caller === undefined) return unauthenticated(scopes)
  if (caller.via !== 'token') return FORBIDDEN
  for (const scope of scopes) if (!caller.scopes.includes(scope)) return { kind: 'insufficient', scopes }
  return ALLOWED
}

function unauthenticated(scopes: readonly string[]): Outcome {
  return { kind: 'unauthenticated', scopes }
}

function withoutRule(caller: Caller): Outcome {
  return caller === undefined ? unauthenticated([]) : FORBIDDEN
}

/** The first outcome that settles it; else the one that tells the caller most. */
async function first(
  rules: readonly Rule[],
  caller: Caller,
  request: GuardRequest,
  settles: (outcome: Outcome) => boolean,
): Promise<Outcome> {
  let best: Outcome | undefined
  for (const rule of rules) {
    // One after another: a permission further on is not asked when an earlier rule settles it.
    // oxlint-disable-next-line no-await-in-loop
    const outcome = await decide(rule, caller, request)
    if (settles(outcome)) return outcome
    if (best === undefined || tells(outcome) > tells(best)) best = outcome
  }
  return best ?? withoutRule(caller)
}

function tells(outcome: Outcome): number {
  return outcome.kind === 'allowed' || outcome.kind === 'forbidden' ? 0 : 1 + Math.min(1, outcome.scopes.length)
}

async function allow(rule: Rule, permission: Permission, caller: Caller, request: GuardRequest): Promise<Outcome> {
  const outcome = await decide(rule, caller, request)
  if (outcome.kind !== 'allowed') return outcome
  if (caller === undefined) return unauthenticated([])
  // The claims are typed where the rule is made; here they only pass through.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await permission(caller as never, request)) ? ALLOWED : FORBIDDEN
}

/** Whether a browser's session can satisfy the rule, in part at least. */
export function takesSession(rule: Rule): boolean {
  switch (rule.kind) {
    case 'session':
      return true
    case 'any':
    case 'all':
      return rule.rules.some(takesSession)
    case 'allow':
    case 'page':
      return takesSession(rule.rule)
    case 'openapi':
      return rule.operations.some((operation) => takesSession(operation.rule))
    default:
      return false
  }
}

/** Whether nobody needs to be known, for this request. */
export function isPublic(rule: Rule, request: GuardRequest): boolean {
  if (rule.kind === 'public') return true
  if (rule.kind !== 'openapi') return false
  return operationOf(rule.operations, request.method, request.url)?.rule.kind === 'public'
}

/**
 * Says in a few words who may use a route.
 * @returns e.g. `token with items:read`
 * @example
 * import { describeRule, protect } from '@latchkey/resource-server'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const words: string = describeRule(api.requires('read')) // 'token with read'
 */
export function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case 'public':
      return 'public'
    case 'authenticated':
      return 'token'
    case 'session':
      return 'session'
    case 'scopes':
      return `token with ${rule.scopes.join(' ')}`
    case 'read-write':
      return `token with ${rule.read} to read, ${rule.write} to write`
    case 'any':
      return rule.rules.map(describeRule).join(' or ')
    case 'all':
      return rule.rules.map(describeRule).join(' and ')
    case 'openapi':
      return `as the OpenAPI document says (${rule.operations.length} operations)`
    case 'allow':
      return `${describeRule(rule.rule)}, if the object permits it`
    case 'page':
      return `page for ${describeRule(rule.rule)}`
  }
}
