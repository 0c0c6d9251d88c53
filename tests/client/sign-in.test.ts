// A whole sign-in, from the first click to the greeting, and what is not allowed to go wrong on the way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrl, groundWith } from './ground.ts'

test('login, callback, greeting: code with PKCE, state, nonce and an exact redirect URI (RFC 6749 §4.1.1, RFC 7636 §4.3)', async () => {
  const { browser, idp } = await groundWith()
  assert.equal(await (await browser.open('/')).text(), 'Hello world!')
  const begun = await browser.get('/auth/login?next=/me?tab=1')
  assert.equal(begun.status, 303)
  const url = new URL(begun.headers.get('location') ?? '')
  assert.equal(url.origin + url.pathname, 'https://id.test/authorize')
  const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(url.searchParams)
  assert.deepEqual(rest, {
    client_id: 'app',
    redirect_uri: `${baseUrl}/auth/callback`,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge_method: 'S256',
  })
  assert.match(String(state), /^[\w-]{60,}$/)
  assert.match(String(nonce), /^[\w-]{43}$/)
  assert.match(String(challenge), /^[\w-]{43}$/)
  const back = await browser.get(idp.authorize(url.href))
  assert.equal(back.status, 303)
  assert.equal(back.headers.get('location'), '/me?tab=1')
  assert.equal(await (await browser.open('/me')).text(), 'Hello alice!')
})
