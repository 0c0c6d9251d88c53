// What an authorization request needs next. OpenID Connect Core §3.1.2.1, §3.1.2.3, §3.1.2.6; OAuth 2.1 §4.1.1.
// Sign-in and consent never call each other: each ends, and this is asked again from the beginning.
import type { OAuthErrorCode, Prompt } from '@latchkey/protocol'
import type { Instant } from '../../platform/time/index.ts'

export interface StepFacts {
  readonly prompt: ReadonlySet<Prompt>
  readonly maxAgeSeconds: number | undefined
  /** When this request first came: a sign-in before it does not answer `prompt=login`. */
  readonly startedAt: Instant
  /** When the person signed in; undefined while nobody is. */
  readonly authenticatedAt: Instant | undefined
  readonly consent: 'ask' | 'skip'
  /** Requested scopes that the person has not allowed yet. */
  readonly scopesWithoutConsent: readonly string[]
}

export type NextStep =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'sign-up' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'issue' }
  | { readonly kind: 'refuse'; readonly code: OAuthErrorCode; readonly rule: string }

export function nextStep(facts: StepFacts, now: Instant): NextStep {
  const silent = facts.prompt.has('none')
  if (mustSignIn(facts, now)) {
    if (silent) return { kind: 'refuse', code: 'login_required', rule: 'prompt-none-not-signed-in' }
    const wantsAccount = facts.prompt.has('create') && facts.authenticatedAt === undefined
    return wantsAccount ? { kind: 'sign-up' } : { kind: 'sign-in' }
  }
  if (mustConsent(facts)) {
    return silent ? { kind: 'refuse', code: 'consent_required', rule: 'prompt-none-no-consent' } : { kind: 'consent' }
  }
  return { kind: 'issue' }
}

function mustSignIn({ authenticatedAt, prompt, maxAgeSeconds, startedAt }: StepFacts, now: Instant): boolean {
  if (authenticatedAt === undefined) return true
  // Whoever signed in after the request began has answered it, however small max_age is.
  if (authenticatedAt >= startedAt) return false
  if (prompt.has('login') || prompt.has('select_account')) return true
  return maxAgeSeconds !== undefined && now - authenticatedAt > maxAgeSeconds * 1_000
}

function mustConsent({ consent, scopesWithoutConsent, prompt }: StepFacts): boolean {
  return prompt.has('consent') || (consent === 'ask' && scopesWithoutConsent.length > 0)
}
