import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Prompt } from '@latchkey/protocol'
import { nextStep, type StepFacts } from './next-step.ts'

const now = 1_000_000
const facts: StepFacts = {
  prompt: new Set(),
  maxAgeSeconds: undefined,
  startedAt: now,
  authenticatedAt: now - 500_000,
  consent: 'ask',
  scopesWithoutConsent: [],
}

function step(changed: Partial<Omit<StepFacts, 'prompt'>>, ...prompt: readonly Prompt[]): string {
  const next = nextStep({ ...facts, ...changed, prompt: new Set(prompt) }, now)
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

for (const prompt of ['login', 'select_account'] as const) {
  test(`prompt=${prompt} is answered by a sign-in after the request began, not by an older one`, () => {
    assert.equal(step({}, prompt), 'sign-in')
    assert.equal(step({ authenticatedAt: now - 1, startedAt: now }, prompt), 'sign-in')
    assert.equal(step({ authenticatedAt: now, startedAt: now }, prompt), 'issue')
    assert.equal(step({ authenticatedAt: now, startedAt: now - 9 }, prompt), 'issue')
  })
}

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
