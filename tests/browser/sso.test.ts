// Single sign-on in a real browser, with server, site and a second app as separate processes: from the first click to the
// greeting, and everything that can come in between. Seed 003; OpenID Connect Core §3.1, Back-Channel Logout, RP-Initiated Logout.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { follow, heading, signInHere } from './stage.ts'
import { callback, openSso, profile, reloadUntil, signInFirst } from './sso-ground.ts'

const sso = await openSso()
const { server, site, items } = sso
const greetingAt = site.url + profile
const limits = { timeout: 60_000 }

test('from the first click to the greeting, and the second time without a question', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await page.goto(greetingAt)
    assert.equal(await heading(page), 'Hello world!')
    await follow(page, 'Login')
    assert.ok(page.url().startsWith(`${server.url}/accounts/login/`), 'the password is typed at the server')
    await signInHere(page, person)
    assert.equal(await heading(page), 'Site wants to use your account')
    await follow(page, 'Authorize')
    assert.equal(page.url(), greetingAt)
    assert.equal(await heading(page), `Hello ${person.username}!`)

    await follow(page, 'Logout here')
    assert.equal(await heading(page), 'Hello world!')
    await follow(page, 'Login')
    assert.equal(await heading(page), `Hello ${person.username}!`, 'neither password nor consent was asked for')
    assert.equal(page.url(), greetingAt)
  })
})

test('a person who refuses is told so, and may try again', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await page.goto(greetingAt)
    await follow(page, 'Login')
    await signInHere(page, person)
    await follow(page, 'Cancel')
    assert.equal(await heading(page), 'The sign-in was cancelled')
    await page.goto(greetingAt)
    assert.equal(await heading(page), 'Hello world!', 'nobody is signed in')
    await follow(page, 'Login')
    await follow(page, 'Authorize')
    assert.equal(await heading(page), `Hello ${person.username}!`)
  })
})

test('a sign-in that took longer than ten minutes is told as that, and begun again by one click', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await page.goto(greetingAt)
    await follow(page, 'Login')
    await site.ahead(11 * 60_000)
    await signInHere(page, person)
    await follow(page, 'Authorize')
    assert.equal(await heading(page), 'The sign-in took too long')
    await site.ahead(0)
    await follow(page, 'Login')
    assert.equal(await heading(page), `Hello ${person.username}!`)
  })
})

test('two tabs that sign in at once both arrive, each where it began', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (first) => {
    const second = await first.context().newPage()
    await first.goto(greetingAt)
    await second.goto(`${site.url}/accounts/connections/`)
    assert.ok(second.url().startsWith(server.url), 'a page for members sends to the sign-in')
    await follow(first, 'Login')
    await signInHere(first, person)
    await signInHere(second, person)
    assert.equal(await heading(second), 'Site wants to use your account', 'not that the form has expired')
    await follow(second, 'Authorize')
    assert.equal(second.url(), `${site.url}/accounts/connections/`)
    await follow(first, 'Authorize')
    assert.equal(await heading(first), `Hello ${person.username}!`)
    await second.reload()
    assert.equal(await heading(second), 'Connections')
  })
})

test('the back button after the callback, and the callback once more, lead to the greeting', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    const callbacks: string[] = []
    page.on('request', (request) => {
      if (request.url().startsWith(site.url + callback)) callbacks.push(request.url())
    })
    await signInFirst(page, site, person)
    const [used = ''] = callbacks
    await page.goBack()
    assert.equal(callbacks.length, 2, 'the server answered anew')
    assert.equal(await heading(page), `Hello ${person.username}!`)
    await page.goto(used)
    assert.equal(page.url(), greetingAt)
    assert.equal(await heading(page), `Hello ${person.username}!`)
    await follow(page, 'Logout everywhere')
    await page.goto(used)
    assert.equal(await heading(page), 'This sign-in has been used already')
  })
})

test('in another browser the callback is of no use', limits, async () => {
  const person = sso.member()
  let stolen = ''
  await sso.visit({}, async (page) => {
    await page.route(`${server.url}/o/authorize/`, async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 })
      stolen = answer.headers()['location'] ?? ''
      await route.fulfill({ body: 'held' })
    })
    await page.goto(greetingAt)
    await follow(page, 'Login')
    await signInHere(page, person)
    await follow(page, 'Authorize')
  })
  await sso.visit({}, async (page) => {
    await page.goto(stolen)
    assert.equal(await heading(page), 'The sign-in was begun in another browser')
    await page.goto(greetingAt)
    assert.equal(await heading(page), 'Hello world!')
  })
})

/** Signs in at the second app without a password: the first time there the server asks for consent. */
async function enterItems(page: Page): Promise<void> {
  await page.goto(`${items.url}/sign-in/?next=/`)
  await follow(page, 'Sign in with Latchkey')
  assert.equal(await page.locator('[name="password"]').count(), 0, 'no password is asked for')
  await follow(page, 'Authorize')
  assert.equal(page.url(), `${items.url}/`)
}

function signedInAtItems(page: Page): Promise<number> {
  return page.getByRole('button', { name: 'Sign out', exact: true }).count()
}

test(
  'two sites, one sign-in; logging out of one signs out of the other (OpenID Connect Back-Channel Logout §2)',
  limits,
  async () => {
    const person = sso.member()
    await sso.visit({}, async (page) => {
      await signInFirst(page, site, person)
      const other = await page.context().newPage()
      await enterItems(other)
      assert.equal(await signedInAtItems(other), 1)
      await other.getByRole('button', { name: 'Sign out', exact: true }).click()
      await other.waitForURL(`${items.url}/`)
      await reloadUntil(page, 'Hello world!')
      await follow(page, 'Login')
      assert.equal(await heading(page), 'Sign in', 'the session at the server has ended as well')
    })
  },
)

test('logging out everywhere at the site signs out of the second app', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await signInFirst(page, site, person)
    const other = await page.context().newPage()
    await enterItems(other)
    await follow(page, 'Logout everywhere')
    assert.equal(page.url(), greetingAt, 'the server sent the browser back')
    assert.equal(await heading(page), 'Hello world!')
    const deadline = Date.now() + 15_000
    while ((await signedInAtItems(other)) > 0) {
      assert.ok(Date.now() < deadline, 'the second app still has its session')
      await other.waitForTimeout(200)
      await other.reload()
    }
  })
})

test('the question before logging out, which other pages may link, is answered with one click', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await signInFirst(page, site, person)
    await page.goto(`${site.url}/accounts/logout/`)
    assert.equal(await heading(page), 'Sign out?')
    await follow(page, 'Sign out')
    assert.equal(page.url(), greetingAt)
    assert.equal(await heading(page), 'Hello world!')
  })
})

test('a session that is ended at the server ends at the site', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await signInFirst(page, site, person)
    await sso.visit({}, async (elsewhere) => {
      await elsewhere.goto(`${server.url}/accounts/login/`)
      await signInHere(elsewhere, person)
      await elsewhere.goto(`${server.url}/account/sessions/`)
      await follow(elsewhere, 'End all other sessions')
    })
    await reloadUntil(page, 'Hello world!')
  })
})
