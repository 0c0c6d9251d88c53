// A test of an app with sign-in, without a server and without a port.
import assert from 'node:assert/strict'
import { login } from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'
import { createTestIssuer, signInAs, TestBrowser } from '@latchkey/client/testing'

export async function behavesAsDocumented(): Promise<void> {
  const idp = await createTestIssuer()
  const signIn = login({ ...idp.options, baseUrl: 'https://app.test' })
  const auth = fetchLogin(signIn)
  const app = auth(auth.required((_request, { user }) => new Response(`Hello ${user.username}!`)))

  // Signed in at once:
  const cookie = await signInAs(signIn, idp, { subject: '8', username: 'bob' })
  const response = await app(new Request('https://app.test/me', { headers: { cookie } }))
  assert.equal(await response.text(), 'Hello bob!')

  // Or through the pages, as a person does:
  const browser = new TestBrowser(app, 'https://app.test', idp)
  assert.equal(await (await browser.open('/me', { username: 'alice' })).text(), 'Hello alice!')
  idp.endSession()
  idp.clock.advance(300_000)
  assert.equal((await browser.get('/me')).status, 303)

  // And at a server that does it wrong:
  idp.bending = { idToken: (claims) => ({ ...claims, aud: 'another app' }) }
  assert.equal((await browser.open('/me')).status, 502)
}
