// Every spelling of the corpus as a post-logout redirect URI: with a hint, with a client id, and through the form. Nobody is ever
// led there. OpenID Connect RP-Initiated Logout §3; RFC 9700 §4.11.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { redirectCorpus, registeredAddresses, sameAddresses } from '../malformed/redirect-corpus.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import { addClient, browserAt, isSignedIn, logoutPath, signedIn, startGround, tokensFor } from './ground.ts'

const clientOf = (registered: string): string => `client-${registeredAddresses.indexOf(registered)}`

let server: TestServer
let browser: FormBrowser
const hints = new Map<string, string>()

before(async () => {
  server = await startGround()
  browser = await signedIn(server)
  for (const registered of registeredAddresses) {
    await addClient(server, clientOf(registered), { postLogoutRedirectUris: [registered] })
    hints.set(registered, (await tokensFor(server, browser, clientOf(registered))).id_token)
  }
})
after(async () => server.close())

/** Where a page leads that is not ours: by a redirect, a refresh, a link, a frame or a form. */
function leadsTo(page: Page): string | undefined {
  const links = [...page.body.matchAll(/<(?:a|iframe|form)\b[^>]*\b(?:href|src|action)="([^"]*)"/g)].map(([, to]) => to)
  const refresh = page.headers['refresh']
  return [page.location, refresh === undefined ? undefined : String(refresh), ...links].find(
    (to) => to !== undefined && !/^[/#]/.test(to),
  )
}

test('each registered address is led to, so that the rest can fail', async () => {
  for (const registered of registeredAddresses) {
    const nobody = browserAt(server)
    const sent = { id_token_hint: hints.get(registered) ?? '', post_logout_redirect_uri: registered }
    assert.equal((await nobody.get(logoutPath(sent))).location, registered)
  }
})

test('with a hint of the client and of the person, no other spelling is led to, and the session lives', async () => {
  for (const { registered, sent, why } of redirectCorpus) {
    const hint = hints.get(registered) ?? ''
    const page = await browser.get(logoutPath({ id_token_hint: hint, post_logout_redirect_uri: sent, state: 's' }))
    assert.equal(page.status, 400, `${why}: ${sent}`)
    assert.equal(leadsTo(page), undefined, `${why}: ${sent}`)
  }
  assert.ok(await isSignedIn(browser))
})

test('a loopback address matches to the port: only redirect URIs of native apps may differ there (OpenID Connect RP-Initiated Logout §3)', async () => {
  for (const { registered, sent } of sameAddresses) {
    if (sent === registered) continue
    const hint = hints.get(registered) ?? ''
    const page = await browser.get(logoutPath({ id_token_hint: hint, post_logout_redirect_uri: sent }))
    assert.equal(page.status, 400, sent)
  }
})

test('without a hint, from whoever is not signed in, and through the form, none is led to either', async () => {
  const nobody = browserAt(server)
  const form = (await browser.get('/accounts/logout/')).field('csrf_token')
  for (const { registered, sent, why } of redirectCorpus) {
    const fields = { client_id: clientOf(registered), post_logout_redirect_uri: sent, state: 's' }
    const page = await nobody.get(logoutPath(fields))
    assert.equal(leadsTo(page), undefined, `${why}: ${sent}`)
    const posted = await browser.post('/accounts/logout/', { csrf_token: form, ...fields })
    assert.equal(posted.status, 400, `${why}: ${sent}`)
    assert.equal(leadsTo(posted), undefined, `${why}: ${sent}`)
    // As the place to go on to, which is a path of ours only.
    const next = await nobody.get(`/accounts/logout/?${new URLSearchParams({ next: sent }).toString()}`)
    assert.equal(leadsTo(next), undefined, `${why}: ${sent}`)
  }
  assert.ok(await isSignedIn(browser))
})
