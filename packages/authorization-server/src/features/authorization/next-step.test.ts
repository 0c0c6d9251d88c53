import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@latchkey/protocol'
import { nextStep, type StepFacts } from './next-step.ts'

const now = 100_000_000
const facts: Omit<StepFacts, 'demands'> = {
  startedAt: now,
  authenticatedAt: now - 500_000,
  isExpectedPerson: true,
  assurance: 'reached',
  accountChosen: false,
  signUp: true,
  consent: 'ask',
  scopesWithoutConsent: [],
}

interface Changed extends Partial<Omit<StepFacts, 'demands'>> {
  readonly maxAgeSeconds?: number | undefined
}

function step({ maxAgeSeconds, ...changed }: Changed, ...prompt: readonly Prompt[]): string {
  const next = nextStep({ ...facts, ...changed, demands: { prompt, maxAgeSeconds } }, now)
  return next.kind === 'refuse' ? next.code : next.kind
}

const nobody = { authenticatedAt: undefined }

test('signed in and allowed before: the code is issued at once', () => {
  assert.equal(step({}), 'issue')
  assert.equal(step({}, 'none'), 'issue')
})

test('nobody is signed in: sign-in, sign-up where it was asked for, login_required where nobody may be asked', () => {
  assert.equal(step(nobody), 'sign-in')
  assert.equal(step(nobody, 'create'), 'sign-up')
  assert.equal(step(nobody, 'none'), 'login_required')
})

test('somebody who is signed in is not sent to make another account', () => {
  assert.equal(step({}, 'create'), 'issue')
  assert.equal(step({ maxAgeSeconds: 0 }, 'create'), 'sign-in')
})

test('where accounts are not made, prompt=create is a sign-in', () => {
  assert.equal(step({ ...nobody, signUp: false }, 'create'), 'sign-in')
})

for (const [prompt, asks] of [
  ['login', 'sign-in'],
  ['select_account', 'choose-account'],
] as const) {
  test(`prompt=${prompt} is answered by a sign-in after the request began, not by an older one`, () => {
    assert.equal(step(nobody, prompt), 'sign-in')
    assert.equal(step({}, prompt), asks)
    assert.equal(step({ authenticatedAt: now - 1, startedAt: now }, prompt), asks)
    assert.equal(step({ authenticatedAt: now, startedAt: now }, prompt), 'issue')
    assert.equal(step({ authenticatedAt: now, startedAt: now - 9 }, prompt), 'issue')
  })
}

test('prompt=select_account is answered by going on with the account that is there; prompt=login is not', () => {
  assert.equal(step({ accountChosen: true }, 'select_account'), 'issue')
  assert.equal(step({ accountChosen: true }, 'login', 'select_account'), 'sign-in')
  assert.equal(step({ accountChosen: true, maxAgeSeconds: 499 }, 'select_account'), 'sign-in')
})

test('an old tab: a sign-in long after its request began, made for something else, answers it no more', () => {
  const oldTab = { startedAt: now - 86_400_000, authenticatedAt: now - 3_600_000 }
  assert.equal(step(oldTab, 'login'), 'sign-in')
  assert.equal(step({ ...oldTab, maxAgeSeconds: 60 }), 'sign-in')
  assert.equal(step({ ...oldTab, authenticatedAt: now - 599_000 }, 'login'), 'issue')
})

test('another person than the one the client named must make room; where nobody may be asked it is login_required', () => {
  const other = { isExpectedPerson: false }
  assert.equal(step(other), 'sign-in')
  assert.equal(step({ ...other, authenticatedAt: now, startedAt: now }), 'sign-in')
  assert.equal(step(other, 'none'), 'login_required')
})

test('an essential acr that nobody can reach here is refused, before anybody is asked anything', () => {
  for (const prompt of [[], ['none'], ['login']] as const) {
    assert.equal(step({ assurance: 'never' }, ...prompt), 'unmet_authentication_requirements')
    assert.equal(step({ ...nobody, assurance: 'never' }, ...prompt), 'unmet_authentication_requirements')
  }
  assert.equal(step({ assurance: 'by-sign-in' }), 'sign-in')
  assert.equal(step({ assurance: 'by-sign-in' }, 'none'), 'login_required')
})

test('max_age counts from the sign-in; a fresh one satisfies even max_age=0 (OpenID Connect Core §3.1.2.1)', () => {
  assert.equal(step({ maxAgeSeconds: 500 }), 'issue')
  assert.equal(step({ maxAgeSeconds: 499 }), 'sign-in')
  assert.equal(step({ maxAgeSeconds: 499 }, 'none'), 'login_required')
  assert.equal(step({ maxAgeSeconds: 0, authenticatedAt: now - 1, startedAt: now - 2 }), 'issue')
})

test('scopes that were not allowed yet are asked for; where nobody may be asked it is consent_required', () => {
  const open = { scopesWithoutConsent: ['write'] }
  assert.equal(step(open), 'consent')
  assert.equal(step(open, 'none'), 'consent_required')
  assert.equal(step({ ...open, consent: 'skip' }), 'issue')
  assert.equal(step({ ...open, consent: 'skip' }, 'none'), 'issue')
})

test('prompt=consent asks again, also for an application of our own and for what was allowed', () => {
  assert.equal(step({}, 'consent'), 'consent')
  assert.equal(step({ consent: 'skip' }, 'consent'), 'consent')
})

test('sign-in comes before consent', () => {
  assert.equal(step({ ...nobody, scopesWithoutConsent: ['write'] }, 'consent'), 'sign-in')
  assert.equal(step({ ...nobody, scopesWithoutConsent: ['write'] }, 'none'), 'login_required')
})

test('a code is never issued to nobody', () => {
  const prompts: readonly (readonly Prompt[])[] = [
    [],
    ['none'],
    ['login'],
    ['consent'],
    ['select_account'],
    ['create'],
    ['login', 'consent'],
  ]
  for (const prompt of prompts) {
    for (const consent of ['ask', 'skip'] as const) {
      for (const maxAgeSeconds of [undefined, 0, 1_000_000]) {
        assert.notEqual(step({ ...nobody, consent, maxAgeSeconds }, ...prompt), 'issue')
      }
    }
  }
})
