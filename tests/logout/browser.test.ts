// Logout in a real browser, with scripts and without: frames that are really loaded, the way back, and the frame that watches.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import test, { after } from 'node:test'
import type { Page } from 'playwright-core'
import { heading, inBothForms, openStage, signIn } from '../browser/stage.ts'
import { addClient, authorizePath, payloadOf, redeem } from './ground.ts'

const stage = await openStage({ settings: { identity: { sessionManagement: true } } })
const { server } = stage
const site = await startSite()
const redirectUri = `${site.origin}/callback`
const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'

await addClient(server, 'news', {
  redirectUris: [redirectUri],
  postLogoutRedirectUris: [`${site.origin}/bye`],
  metadata: { frontchannelLogoutUri: `${site.origin}/front` },
})

/** A client's pages, which remember how they were asked. */
async function startSite() {
  const asked: URL[] = []
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname !== '/favicon.ico') asked.push(url)
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      url.pathname === '/watch' ? watching(url) : `<!doctype html><title>News</title><h1>${url.pathname}</h1>`,
    )
  })
  http.listen(0, 'localhost')
  await once(http, 'listening')
  after(() => http.closeAllConnections())
  after(() => http.close())
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('The site has no port.')
  return { asked, origin: `http://localhost:${address.port}` }
}

/** As OpenID Connect Session Management §3.1 shows it: asks the frame again and again, and shows what it last said. */
function watching(url: URL): string {
  return `<!doctype html><title>Watch</title><h1>nothing yet</h1>
<iframe id="op" src="${server.url}/o/session/"></iframe>
<script>
addEventListener('message', (event) => {
  if (event.origin === '${server.url}') document.querySelector('h1').textContent = event.data
})
const state = ${JSON.stringify(`news ${url.searchParams.get('session_state')}`)}
setInterval(() => document.getElementById('op').contentWindow.postMessage(state, '${server.url}'), 100)
</script>`
}

/** Signs the person who sits there in to the client; what came to it in its address. */
async function signInToNews(page: Page): Promise<{ readonly idToken: string; readonly sessionState: string }> {
  await page.goto(`${server.url}${authorizePath('news', { redirect_uri: redirectUri })}`)
  const came = new URL(page.url()).searchParams
  const fields = {
    grant_type: 'authorization_code',
    code: came.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const { id_token: idToken } = await redeem(server, 'news', fields)
  return { idToken, sessionState: came.get('session_state') ?? '' }
}

function logoutUrl(idToken: string): string {
  const query = new URLSearchParams({
    id_token_hint: idToken,
    post_logout_redirect_uri: `${site.origin}/bye`,
    state: 'a-state',
  })
  return `${server.url}/o/logout/?${query.toString()}`
}

inBothForms(
  'the client is told in its frame, then the person is back at it (OpenID Connect Front-Channel Logout §2)',
  async (scripts) => {
    const person = await stage.person()
    await stage.visit({ scripts, also: [site.origin] }, async (page) => {
      await signIn(stage, page, person)
      const { idToken } = await signInToNews(page)
      const before = site.asked.length
      await page.goto(logoutUrl(idToken))
      await page.waitForURL(`${site.origin}/bye?state=a-state`)
      assert.equal(await heading(page), '/bye')
      const front = site.asked.slice(before).find(({ pathname }) => pathname === '/front')
      assert.equal(front?.searchParams.get('iss'), server.issuer)
      assert.equal(front?.searchParams.get('sid'), payloadOf(idToken)['sid'])
      await page.goto(`${server.url}/account/`)
      assert.equal(await heading(page), 'Sign in')
    })
  },
)

test('the frame that watches says unchanged while signed in, and changed after logout (OpenID Connect Session Management §3.1)', async () => {
  const person = await stage.person()
  await stage.visit({ scripts: true, also: [site.origin] }, async (page) => {
    await signIn(stage, page, person)
    const { idToken, sessionState } = await signInToNews(page)
    await page.goto(`${site.origin}/watch?${new URLSearchParams({ session_state: sessionState }).toString()}`)
    await page.locator('h1', { hasText: /^unchanged$/ }).waitFor()
    const other = await page.context().newPage()
    await other.goto(logoutUrl(idToken))
    await other.waitForURL(`${site.origin}/bye**`)
    await page.locator('h1', { hasText: /^changed$/ }).waitFor()
  })
})
