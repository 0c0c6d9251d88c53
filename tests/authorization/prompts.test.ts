// What a request may demand of the sign-in, and that it holds at the end as it did at the beginning.
// OpenID Connect Core §3.1.2.1-3.1.2.6, §5.5.1.1.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  addClient,
  admin,
  alice,
  answerOf,
  type Asked,
  authorizePath,
  browserOf,
  claimsOf,
  nextOf,
  redeem,
  signedInBrowser,
  signInAgain,
} from './ground.ts'

describe('demands of the sign-in', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer()
    await addClient(server, 'app')
    await addClient(server, 'asking', { consent: 'ask' })
    await addClient(server, 'strict', { metadata: { defaultMaxAgeSeconds: 60 } })
    await addClient(server, 'other')
    await addClient(server, 'pairwise', { metadata: { subjectType: 'pairwise' } })
  })
  after(() => server.close())

  const isSignIn = (page: Page): boolean => page.location?.startsWith('/accounts/login/') === true
  const errorOf = (page: Page): string | undefined => answerOf(page).members.get('error')
  const signInAt = async (browser: FormBrowser, page: Page, who: readonly [string, string] = alice): Promise<Page> => {
    const [username, password] = who
    return browser.submit(
      await browser.get(page.location ?? ''),
      { username, password },
      { action: '/accounts/login/' },
    )
  }
  const idTokenOf = async (browser: FormBrowser, client = 'app', asked: Asked = {}): Promise<string> =>
    (await redeem(server, client, answerOf(await browser.get(authorizePath(client, asked)))))['id_token'] ?? ''
  const authTimeOf = async (browser: FormBrowser): Promise<number> =>
    Number(claimsOf(await idTokenOf(browser))['auth_time'])

  describe('a request by POST from a page of the application (OpenID Connect Core §3.1.2.1)', () => {
    /** The browser leaves our cookie out (SameSite=Lax); what follows by GET has it again. */
    const postFromElsewhere = async (browser: FormBrowser, asked: Asked): Promise<Page> => {
      const [path = '', query] = authorizePath('app', asked).split('?')
      const page = await browserOf(server).post(path, Object.fromEntries(new URLSearchParams(query)), {
        'sec-fetch-site': 'cross-site',
        origin: 'https://app.example',
      })
      assert.equal(page.status, 303)
      return browser.get(page.location ?? '')
    }

    test('is answered for whoever is signed in, without a question', async () => {
      const browser = await signedInBrowser(server)
      for (const prompt of [undefined, 'none']) {
        assert.ok(answerOf(await postFromElsewhere(browser, { prompt })).members.has('code'))
      }
    })

    test('leads to sign-in where nobody is, and holds what it demanded', async () => {
      assert.ok(isSignIn(await postFromElsewhere(browserOf(server), {})))
      assert.equal(errorOf(await postFromElsewhere(browserOf(server), { prompt: 'none' })), 'login_required')
      assert.ok(isSignIn(await postFromElsewhere(await signedInBrowser(server), { prompt: 'login' })))
    })

    test('with the cookie is never answered 302, which could carry the form on (RFC 9700 §4.12)', async () => {
      const browser = await signedInBrowser(server)
      const [path = '', query] = authorizePath('app', { prompt: 'login' }).split('?')
      const page = await browser.post(path, Object.fromEntries(new URLSearchParams(query)))
      assert.equal(page.status, 303)
      assert.ok(isSignIn(await browser.get(page.location ?? '')))
    })
  })

  describe('prompt=select_account', () => {
    test('shows who is signed in; "continue as" goes on with that account, without a password', async () => {
      const browser = await signedInBrowser(server)
      const page = await browser.get(authorizePath('app', { prompt: 'select_account' }))
      assert.equal(page.status, 200)
      assert.match(
        page.text,
        /Choose an account to continue to The app app Signed in as alice Continue as alice Use another account/,
      )
      const chosen = await browser.submit(page, {}, { action: '/o/authorize/' })
      assert.equal(chosen.status, 303)
      const answer = answerOf(await browser.get(chosen.location ?? ''))
      assert.ok(answer.members.has('code'))
    })

    test('"use another account" asks who it is, suggesting nobody; after that nothing is asked again', async () => {
      const browser = await signedInBrowser(server)
      const page = await browser.get(authorizePath('app', { prompt: 'select_account' }))
      const href = /<a class="button" href="([^"]+)">Use another account<\/a>/
        .exec(page.body)?.[1]
        ?.replaceAll('&#38;', '&')
      assert.ok(href?.startsWith('/accounts/login/?next='))
      const login = await browser.get(href ?? '')
      assert.equal(login.field('username'), '')
      const [username, password] = admin
      const back = await browser.submit(login, { username, password }, { action: '/accounts/login/' })
      const answer = answerOf(await browser.get(back.location ?? ''))
      const tokens = await redeem(server, 'app', answer)
      const hers = claimsOf(await idTokenOf(await signedInBrowser(server)))['sub']
      assert.notEqual(claimsOf(tokens['id_token'])['sub'], hers)
    })

    test('the choice is made by our own page for this request and this session alone', async () => {
      const another = await signedInBrowser(server)
      const browser = await signedInBrowser(server)
      const page = await browser.get(authorizePath('app', { prompt: 'select_account' }))
      const forged = await browser.post('/o/authorize/', { latchkey_continue: page.field('latchkey_continue') })
      assert.equal(forged.status, 403)
      const changed = { latchkey_continue: page.field('latchkey_continue')?.replace('a-state', 'b-state') }
      assert.equal((await browser.submit(page, changed, { action: '/o/authorize/' })).status, 403)
      const elsewhere = { latchkey_continue: '//evil.example/?client_id=app' }
      const away = await browser.submit(page, elsewhere, { action: '/o/authorize/' })
      assert.deepEqual([away.status, away.location], [403, undefined])
      const chosen = await browser.submit(page, {}, { action: '/o/authorize/' })
      assert.equal((await another.get(chosen.location ?? '')).status, 200)
    })

    test('nobody is signed in: the sign-in page, and once is enough', async () => {
      const browser = browserOf(server)
      const page = await browser.get(authorizePath('app', { prompt: 'select_account' }))
      assert.equal(isSignIn(page), true)
      const back = await signInAt(browser, page)
      assert.ok(answerOf(await browser.get(back.location ?? '')).members.has('code'))
    })
  })

  describe('prompt=login and max_age', () => {
    test('prompt=login: a second sign-in moves auth_time forward', async () => {
      const browser = await signedInBrowser(server)
      const first = await authTimeOf(browser)
      server.clock.advance(5_000)
      const page = await browser.get(authorizePath('app', { prompt: 'login' }))
      assert.equal(isSignIn(page), true)
      const back = await signInAt(browser, page)
      const tokens = await redeem(server, 'app', answerOf(await browser.get(back.location ?? '')))
      assert.equal(claimsOf(tokens['id_token'])['auth_time'], first + 6)
    })

    test('max_age=0 is prompt=login; max_age=10000 asks nothing', async () => {
      const browser = await signedInBrowser(server)
      server.clock.advance(1_000)
      assert.equal(isSignIn(await browser.get(authorizePath('app', { max_age: '0' }))), true)
      assert.ok(answerOf(await browser.get(authorizePath('app', { max_age: '10000' }))).members.has('code'))
      assert.equal(errorOf(await browser.get(authorizePath('app', { max_age: '0', prompt: 'none' }))), 'login_required')
    })

    test('the default_max_age of the registration holds where the request says nothing', async () => {
      const browser = await signedInBrowser(server)
      assert.ok(answerOf(await browser.get(authorizePath('strict'))).members.has('code'))
      server.clock.advance(61_000)
      assert.equal(isSignIn(await browser.get(authorizePath('strict'))), true)
      assert.ok(answerOf(await browser.get(authorizePath('strict', { max_age: '100' }))).members.has('code'))
    })

    test('a parameter that is taken out on the way makes the request begin anew: nothing is gained', async () => {
      const browser = await signedInBrowser(server)
      server.clock.advance(30_000)
      const next = nextOf(await browser.get(authorizePath('app', { max_age: '10' })))
      assert.equal(isSignIn(await browser.get(next)), true)
      assert.equal(isSignIn(await browser.get(next.replace('max_age=10', 'max_age=20'))), true)
      assert.equal(isSignIn(await browser.get(`${next}x`)), true)
    })

    test('an old tab: a sign-in that was made for something else an hour ago does not answer it', async () => {
      const browser = await signedInBrowser(server)
      server.clock.advance(1_000)
      const next = nextOf(await browser.get(authorizePath('app', { prompt: 'login' })))
      await signInAgain(browser)
      assert.ok(answerOf(await browser.get(next)).members.has('code'))
      server.clock.advance(3_600_000)
      assert.equal(isSignIn(await browser.get(next)), true)
    })

    test('a consent page that stayed open until the sign-in was too old issues nothing, and records nothing', async () => {
      const browser = await signedInBrowser(server)
      const asked = await browser.get(authorizePath('asking', { max_age: '60', scope: 'read' }))
      server.clock.advance(300_000)
      const late = await browser.submit(asked, {}, { action: '/o/authorize/', button: 'allow' })
      assert.equal(late.status, 303)
      const page = await browser.get(late.location ?? '')
      assert.equal(isSignIn(page), true)
      const back = await signInAt(browser, page)
      const again = await browser.get(back.location ?? '')
      assert.match(again.title, /^Authorize /)
      const allowed = await browser.submit(again, {}, { action: '/o/authorize/', button: 'allow' })
      assert.ok(answerOf(allowed).members.has('code'))
    })

    test('prompt=consent asks anew and is answered by the answer', async () => {
      const browser = await signedInBrowser(server)
      const page = await browser.get(authorizePath('app', { prompt: 'consent' }))
      const allowed = await browser.submit(page, {}, { action: '/o/authorize/', button: 'allow' })
      assert.ok(answerOf(allowed).members.has('code'))
    })
  })

  describe('id_token_hint', () => {
    test('of the person who is signed in: prompt=none succeeds, also with a hint that has expired', async () => {
      const browser = await signedInBrowser(server)
      const hint = await idTokenOf(browser)
      server.clock.advance(7_200_000)
      await signInAgain(browser)
      const answer = answerOf(await browser.get(authorizePath('app', { prompt: 'none', id_token_hint: hint })))
      assert.ok(answer.members.has('code'))
    })

    test('of another person: login_required, or a sign-in page that says so and lets nobody else through', async () => {
      const hint = await idTokenOf(await signedInBrowser(server))
      const browser = await signedInBrowser(server, admin)
      const asked = { id_token_hint: hint }
      assert.equal(errorOf(await browser.get(authorizePath('app', { ...asked, prompt: 'none' }))), 'login_required')
      const page = await browser.get(authorizePath('app', asked))
      const login = await browser.get(page.location ?? '')
      assert.match(login.text, /The app app expects another account than the one that is signed in here/)
      assert.equal(login.field('username'), '')
      const same = await signInAt(browser, page, admin)
      assert.equal(isSignIn(await browser.get(same.location ?? '')), true)
      const right = await signInAt(browser, page, alice)
      assert.ok(answerOf(await browser.get(right.location ?? '')).members.has('code'))
    })

    test('with another subject for each sector it names the same person all the same', async () => {
      const browser = await signedInBrowser(server)
      const hint = await idTokenOf(browser, 'pairwise')
      const asked = { prompt: 'none', id_token_hint: hint }
      assert.ok(answerOf(await browser.get(authorizePath('pairwise', asked))).members.has('code'))
      const other = await signedInBrowser(server, admin)
      assert.equal(errorOf(await other.get(authorizePath('pairwise', asked))), 'login_required')
    })

    test('one that we did not sign for this client is refused, not ignored', async () => {
      const browser = await signedInBrowser(server)
      const good = await idTokenOf(browser)
      const [head = '', body = '', signature = ''] = good.split('.')
      const json = (text: string): object => JSON.parse(Buffer.from(text, 'base64url').toString()) as object
      const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const forged = [
        'not-a-jwt',
        `${head}.${encode({ ...json(body), sub: 'somebody' })}.${signature}`,
        `${encode({ ...json(head), alg: 'none' })}.${body}.`,
        `${encode({ ...json(head), kid: 'unknown' })}.${body}.${signature}`,
        await idTokenOf(browser, 'other'),
      ]
      for (const id_token_hint of forged) {
        const answer = answerOf(await browser.get(authorizePath('app', { id_token_hint })))
        assert.equal(answer.members.get('error'), 'invalid_request', id_token_hint.slice(0, 40))
        assert.equal(answer.members.has('code'), false)
      }
    })
  })

  describe('hints and wishes', () => {
    test('login_hint stands in the field of the sign-in page, as text', async () => {
      const hint = 'a"><script>@example.com'
      const page = await browserOf(server).open(authorizePath('app', { login_hint: hint }))
      assert.equal(page.field('username'), hint)
      assert.doesNotMatch(page.body, /<script>@/)
    })

    test('display, ui_locales, claims_locales and acr_values never make a request fail', async () => {
      const browser = await signedInBrowser(server)
      for (const asked of [
        { display: 'page' },
        { display: 'popup' },
        { display: 'hologram' },
        { ui_locales: 'nb-NO xx' },
        { claims_locales: 'nb' },
        { acr_values: 'gold 1 2' },
      ]) {
        assert.ok(answerOf(await browser.get(authorizePath('app', asked))).members.has('code'), JSON.stringify(asked))
      }
    })
  })

  describe('an essential acr', () => {
    const acr = (values: readonly string[], essential = true): string =>
      JSON.stringify({ id_token: { acr: { essential, values } } })

    test('that is reached: the ID token says which', async () => {
      const browser = await signedInBrowser(server)
      const reached = String(claimsOf(await idTokenOf(browser))['acr'])
      const claims = acr(['gold', reached])
      assert.equal(claimsOf(await idTokenOf(browser, 'app', { claims }))['acr'], reached)
    })

    test('that nobody can reach here: unmet_authentication_requirements, and no page', async () => {
      for (const browser of [await signedInBrowser(server), browserOf(server)]) {
        const page = await browser.get(authorizePath('app', { claims: acr(['gold']) }))
        assert.equal(errorOf(page), 'unmet_authentication_requirements')
      }
    })

    test('that is only wished for: the request succeeds', async () => {
      const browser = await signedInBrowser(server)
      const answer = answerOf(await browser.get(authorizePath('app', { claims: acr(['gold'], false) })))
      assert.ok(answer.members.has('code'))
    })
  })

  describe('a sub that is asked for by value', () => {
    test('is the person who is signed in, or nobody gets an answer (OpenID Connect Core §3.1.2.2)', async () => {
      const browser = await signedInBrowser(server)
      const { sub } = claimsOf(await idTokenOf(browser))
      const ask = (value: unknown, prompt?: string): Promise<Page> =>
        browser.get(authorizePath('app', { prompt, claims: JSON.stringify({ id_token: { sub: { value } } }) }))
      assert.ok(answerOf(await ask(sub, 'none')).members.has('code'))
      assert.equal(errorOf(await ask('somebody-else', 'none')), 'login_required')
      assert.equal(isSignIn(await ask('somebody-else')), true)
    })
  })
})

describe('where nobody can make an account', () => {
  test('prompt=create is a sign-in, and is not advertised', async () => {
    const server = await startTestServer({ settings: { identity: { signUp: false } } })
    await addClient(server, 'app')
    const page = await browserOf(server).get(authorizePath('app', { prompt: 'create' }))
    assert.ok(page.location?.startsWith('/accounts/login/'))
    const document = (await (await fetch(`${server.url}/o/.well-known/openid-configuration`)).json()) as {
      readonly prompt_values_supported: readonly string[]
    }
    assert.equal(document.prompt_values_supported.includes('create'), false)
    await server.close()
  })
})
