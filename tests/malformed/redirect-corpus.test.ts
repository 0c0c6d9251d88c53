// Every spelling of the corpus against every way of an answer: none is ever answered to. RFC 9700 §2.1, §4.1; RFC 6749 §4.1.2.1.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { matchRedirectUri } from '../../packages/protocol/src/index.ts'
import { responseTypes } from '../../packages/authorization-server/src/records/clients/index.ts'
import { addClient, authorizePath, browserOf, signedInBrowser } from '../authorization/ground.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { ambiguousQueries, redirectCorpus, registeredAddresses, sameAddresses } from './redirect-corpus.ts'

/** Each way of an answer, and the request that brings it. */
const ways = {
  query: {},
  fragment: { response_type: 'id_token' },
  form_post: { response_mode: 'form_post' },
} as const
type Way = keyof typeof ways

const clientOf = (registered: string): string => `client-${registeredAddresses.indexOf(registered)}`

/** Where a page leads a browser that is not ours: by a redirect or by a form. */
function leadsTo(page: Page): string | undefined {
  const elsewhere = [page.location, ...page.forms.map((form) => form.action)]
  return elsewhere.find((target) => target !== undefined && !target.startsWith('/'))
}

function assertStays(page: Page, what: string): void {
  assert.equal(page.status, 400, what)
  assert.equal(leadsTo(page), undefined, what)
  assert.doesNotMatch(page.body, /lk_ac_|name="(code|id_token|access_token)"/, what)
}

describe('addresses that are not the registered one', () => {
  let server: TestServer
  let browser: FormBrowser
  before(async () => {
    server = await startTestServer()
    for (const registered of registeredAddresses) {
      await addClient(server, clientOf(registered), { redirectUris: [registered], metadata: { responseTypes } })
    }
    browser = await signedInBrowser(server)
  })
  after(() => server.close())

  const sendTo = (who: FormBrowser, registered: string, sent: string, way: Way, asked = {}): Promise<Page> =>
    who.get(authorizePath(clientOf(registered), { redirect_uri: sent, ...ways[way], ...asked }))

  test('the corpus is large, and every spelling in it is another text than the registered one', () => {
    assert.ok(new Set(redirectCorpus.map(({ sent }) => sent)).size >= 350)
    for (const { registered, sent, why } of redirectCorpus) {
      assert.notEqual(sent, registered, why)
      assert.equal(matchRedirectUri([registered], sent), false, `${why}: ${sent}`)
    }
  })

  for (const way of Object.keys(ways) as Way[]) {
    test(`by ${way}: the registered addresses are answered to, so that the rest of this test can fail`, async () => {
      for (const registered of registeredAddresses) {
        const page = await sendTo(browser, registered, registered, way)
        // No form goes to an app's own scheme; that is said by redirect.
        assert.ok(leadsTo(page)?.startsWith(registered), `${registered} by ${way}`)
      }
      for (const { registered, sent } of sameAddresses) {
        assert.ok(leadsTo(await sendTo(browser, registered, sent, way))?.startsWith(sent), sent)
      }
    })

    test(`by ${way}: zero wrong redirects to somebody who is signed in`, async () => {
      for (const { registered, sent, why } of redirectCorpus) {
        assertStays(await sendTo(browser, registered, sent, way), `${why}: ${sent}`)
      }
    })

    test(`by ${way}: zero wrong redirects of an error, whoever asks`, async () => {
      const nobody = browserOf(server)
      for (const [at, { registered, sent, why }] of redirectCorpus.entries()) {
        // A third of them each, by turns: an unknown scope, nobody signed in, an unknown response type.
        const asked = [{ scope: 'nothing' }, { prompt: 'none' }, { response_type: 'unknown' }][at % 3]
        assertStays(await sendTo(nobody, registered, sent, way, asked), `${why}: ${sent}`)
      }
    })
  }

  test('two readers never see two addresses: what is ambiguous stays on our page', async () => {
    const registered = 'https://app.example/cb'
    const [good, bad] = [registered, 'https://evil.example/cb'].map(encodeURIComponent)
    for (const { query, why } of ambiguousQueries) {
      for (const way of Object.keys(ways) as Way[]) {
        const path = authorizePath(clientOf(registered), { redirect_uri: undefined, ...ways[way] })
        const filled = query.replaceAll('{good}', good ?? '').replaceAll('{bad}', bad ?? '')
        const target = leadsTo(await browser.get(`${path}&${filled}`))
        assert.equal(target, undefined, `${why} by ${way}: ${target}`)
      }
    }
  })

  test('the sign-in page in between is no way round: what waits behind it is checked again', async () => {
    for (const { registered, sent, why } of redirectCorpus.filter((_, at) => at % 10 === 0)) {
      const path = authorizePath(clientOf(registered), { redirect_uri: sent })
      const page = await browserOf(server).get(`/accounts/login/?next=${encodeURIComponent(path)}`)
      assert.doesNotMatch(String(page.headers['content-security-policy']), /evil\.example/, why)
      assertStays(await browser.get(path), why)
    }
  })
})
