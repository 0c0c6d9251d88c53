// What an authorization request needs next. OpenID Connect Core §3.1.2.1, §3.1.2.3, §3.1.2.6, §5.5.1.1; OAuth 2.1 §4.1.1.
// Sign-in, choice of account and consent never call each other: each ends, and this is asked again from the beginning.
import type { OAuthErrorCode } from '@latchkey/protocol'
import type { Instant } from '../../platform/time/index.ts'
import type { Assurance, SignInDemands } from './demands.ts'

export interface StepFacts {
  readonly demands: Pick<SignInDemands, 'prompt' | 'maxAgeSeconds'>
  /** When this request first came: a sign-in before it does not answer `prompt=login`. */
  readonly startedAt: Instant
  /** When the person signed in; undefined while nobody is. */
  readonly authenticatedAt: Instant | undefined
  /** False when somebody is signed in for whom the answer may not be. */
  readonly isExpectedPerson: boolean
  readonly assurance: Assurance
  /** Whether the person went on with this very account, in answer to this request. */
  readonly accountChosen: boolean
  /** Whether accounts can be made here. */
  readonly signUp: boolean
  readonly consent: 'ask' | 'skip'
  /** Requested scopes that the person has not allowed yet. */
  readonly scopesWithoutConsent: readonly string[]
}

export type NextStep =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'sign-up' }
  | { readonly kind: 'choose-account' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'issue' }
  | { readonly kind: 'refuse'; readonly code: OAuthErrorCode; readonly rule: string }

export function nextStep(facts: StepFacts, now: Instant): NextStep {
  const { prompt } = facts.demands
  const silent = prompt.includes('none')
  if (facts.assurance === 'never') {
    return { kind: 'refuse', code: 'unmet_authentication_requirements', rule: 'acr-not-on-offer' }
  }
  if (mustSignIn(facts, now)) {
    if (silent) return { kind: 'refuse', code: 'login_required', rule: whyNotSilent(facts) }
    const wantsAccount = prompt.includes('create') && facts.signUp && facts.authenticatedAt === undefined
    return wantsAccount ? { kind: 'sign-up' } : { kind: 'sign-in' }
  }
  if (mustChooseAccount(facts, now)) return { kind: 'choose-account' }
  if (mustConsent(facts)) {
    return silent ? { kind: 'refuse', code: 'consent_required', rule: 'prompt-none-no-consent' } : { kind: 'consent' }
  }
  return { kind: 'issue' }
}

/** How long a sign-in answers the request that it was made for: as long as the question of consent stays open. */
const answersMs = 600_000

/** Whoever signed in after the request began has answered it, however small max_age is: else it could never be met. */
function hasAnswered({ authenticatedAt, startedAt }: StepFacts, now: Instant): boolean {
  return authenticatedAt !== undefined && authenticatedAt >= startedAt && now - authenticatedAt <= answersMs
}

function mustSignIn(facts: StepFacts, now: Instant): boolean {
  const { authenticatedAt, isExpectedPerson, assurance, demands } = facts
  if (authenticatedAt === undefined || !isExpectedPerson || assurance !== 'reached') return true
  if (hasAnswered(facts, now)) return false
  if (demands.prompt.includes('login')) return true
  return demands.maxAgeSeconds !== undefined && now - authenticatedAt > demands.maxAgeSeconds * 1_000
}

function whyNotSilent({ authenticatedAt, isExpectedPerson }: StepFacts): string {
  if (authenticatedAt === undefined) return 'prompt-none-not-signed-in'
  return isExpectedPerson ? 'prompt-none-sign-in-too-old' : 'prompt-none-other-person'
}

function mustChooseAccount(facts: StepFacts, now: Instant): boolean {
  return facts.demands.prompt.includes('select_account') && !facts.accountChosen && !hasAnswered(facts, now)
}

function mustConsent({ consent, scopesWithoutConsent, demands }: StepFacts): boolean {
  return demands.prompt.includes('consent') || (consent === 'ask' && scopesWithoutConsent.length > 0)
}
