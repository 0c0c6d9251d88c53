import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noClaimsRequest, parseClaimsRequest, type Prompt } from '@latchkey/protocol'
import { assuranceOf, demandsOf, type SignInDemands } from './demands.ts'

function demands(
  claims: string,
  changed: { readonly maxAgeSeconds?: number; readonly defaultMaxAgeSeconds?: number; readonly hint?: string } = {},
): SignInDemands {
  const { maxAgeSeconds, defaultMaxAgeSeconds, hint } = changed
  const claimsRequest = claims === '' ? noClaimsRequest : parseClaimsRequest(claims)
  return demandsOf({ prompt: new Set<Prompt>(), maxAgeSeconds, claimsRequest }, { defaultMaxAgeSeconds }, hint)
}

test('the registered default_max_age holds where the request says nothing (Dynamic Client Registration §2)', () => {
  assert.equal(demands('').maxAgeSeconds, undefined)
  assert.equal(demands('', { defaultMaxAgeSeconds: 60 }).maxAgeSeconds, 60)
  assert.equal(demands('', { defaultMaxAgeSeconds: 60, maxAgeSeconds: 3_600 }).maxAgeSeconds, 3_600)
  assert.equal(demands('', { defaultMaxAgeSeconds: 60, maxAgeSeconds: 0 }).maxAgeSeconds, 0)
})

test('the hint and a sub that is asked for by value name the same one person, or nobody', () => {
  const sub = '{"id_token":{"sub":{"value":"alice"}}}'
  assert.equal(demands('').subjects, undefined)
  assert.deepEqual(demands('', { hint: 'alice' }).subjects, ['alice'])
  assert.deepEqual(demands(sub).subjects, ['alice'])
  assert.deepEqual(demands(sub, { hint: 'alice' }).subjects, ['alice'])
  assert.deepEqual(demands(sub, { hint: 'bob' }).subjects, [])
  assert.equal(demands('{"id_token":{"sub":null}}').subjects, undefined)
})

test('only an essential acr with values demands anything (OpenID Connect Core §5.5.1.1)', () => {
  assert.equal(demands('{"id_token":{"acr":null}}').acrValues, undefined)
  assert.equal(demands('{"id_token":{"acr":{"values":["gold"]}}}').acrValues, undefined)
  assert.equal(demands('{"id_token":{"acr":{"essential":true}}}').acrValues, undefined)
  assert.deepEqual(demands('{"id_token":{"acr":{"essential":true,"value":"gold"}}}').acrValues, ['gold'])
})

test('an essential acr is reached, can be reached by signing in, or never', () => {
  const of = (acrValues: readonly string[] | undefined, reached: string | undefined) =>
    assuranceOf({ acrValues }, reached, ['one', 'two'])
  assert.equal(of(undefined, undefined), 'reached')
  assert.equal(of(['one'], 'one'), 'reached')
  assert.equal(of(['two', 'gold'], 'one'), 'by-sign-in')
  assert.equal(of(['one'], undefined), 'by-sign-in')
  assert.equal(of(['gold'], 'one'), 'never')
  assert.equal(of([], 'one'), 'never')
})
