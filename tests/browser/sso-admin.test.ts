// What administrators and members do at the site, in a real browser: the tutorial's two registrations by hand, users, sessions
// and connections. Seed 003; the site runs as a process of its own, in front of the server's.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { fill, follow, heading, signInHere } from './stage.ts'
import { callback, openSso, type Part, profile, reloadUntil, signInFirst } from './sso-ground.ts'
import { alice } from './sso-people.ts'

// Whoever signs in as somebody else in the same browser ends the first one's session at the server, and an app that hears of it
// ends its own: then there is nobody left to connect the second sign-in to.
const sso = await openSso({ hearsOfLogouts: false })
const { server, site } = sso
const limits = { timeout: 90_000 }

async function enterAdmin(page: Page, { said }: Part): Promise<void> {
  await page.goto(said['adminLink'] ?? '')
  await follow(page, 'Enter')
  assert.equal(await heading(page), 'Admin')
}

/** As the tutorial has it: at the server's pages, signed in there. Without scripts, as all of it. */
async function registerAtServer(page: Page, { url }: Part): Promise<{ readonly id: string; readonly secret: string }> {
  await page.goto(`${server.url}/o/applications/register/`)
  await signInHere(page, { email: 'admin@email.com', password: 'testpass123' })
  await fill(page, { name: 'The tutorial’s site', redirect_uris: url + callback })
  await page.locator('[name="client_type"][value="confidential"]').check()
  await follow(page, 'Register application')
  const [id, secret] = [page.locator('#client-id').innerText(), page.locator('#client-secret').innerText()]
  return { id: await id, secret: await secret }
}

test('the tutorial from its first click: register, enter id and secret, Login, "Hello alice!"', limits, async () => {
  const fresh = await sso.startSite({ SIGN_IN_CLIENT_ID: '' })
  let known = { id: '', secret: '' }
  await sso.visit({}, async (page) => {
    known = await registerAtServer(page, fresh)
  })
  await sso.visit({}, async (page) => {
    await page.goto(fresh.url + profile)
    assert.match(await page.locator('main').innerText(), /Nobody can sign in yet/)
    await follow(page, 'Enter it')
    assert.equal(await heading(page), 'For administrators')
    await enterAdmin(page, fresh)
    await page.goto(`${fresh.url}/admin/socialaccount/socialapp/add/`)
    await page.locator('#kind').selectOption('oauth2')
    await fill(page, { client_id: known.id })
    await follow(page, 'Save')
    assert.match(await page.locator('main').innerText(), /Enter the secret/)
    await fill(page, {
      client_secret: known.secret,
      authorization_url: `${server.url}/o/authorize/`,
      token_url: `${server.url}/o/token/`,
      profile_url: `${server.url}/profile/`,
    })
    await follow(page, 'Save')
    assert.match(await page.locator('main').innerText(), /in force/)
    assert.equal((await page.content()).includes(known.secret), false, 'the secret is not shown again')
  })
  await sso.visit({}, async (page) => {
    await page.goto(fresh.url + profile)
    assert.equal(await heading(page), 'Hello world!')
    await follow(page, 'Login')
    await signInHere(page, alice)
    await follow(page, 'Authorize')
    assert.equal(page.url(), fresh.url + profile)
    assert.equal(await heading(page), 'Hello alice!')
    await follow(page, 'Logout here')
    assert.equal(await heading(page), 'Hello world!')
  })
})

test('a wrong secret is told with its cause, and the right one is in force without a restart', limits, async () => {
  const person = sso.member()
  const part = await sso.startSite({ SIGN_IN_CLIENT_ID: '' })
  let known = { id: '', secret: '' }
  await sso.visit({}, async (page) => {
    known = await registerAtServer(page, part)
  })
  const enter = async (page: Page, path: string, secret: string): Promise<void> => {
    await page.goto(`${part.url}/admin/socialaccount/socialapp/${path}`)
    await page.locator('#kind').selectOption('oauth2')
    const urls = { authorization_url: '/o/authorize/', token_url: '/o/token/', profile_url: '/profile/' }
    const full = Object.entries(urls).map(([name, address]) => [name, server.url + address])
    await fill(page, { client_id: known.id, client_secret: secret, ...Object.fromEntries(full) })
    await follow(page, 'Save')
  }
  await sso.visit({}, async (office) => {
    await enterAdmin(office, part)
    await enter(office, 'add/', 'not-the-secret')
    await sso.visit({}, async (page) => {
      await page.goto(part.url + profile)
      await follow(page, 'Login')
      await signInHere(page, person)
      await follow(page, 'Authorize')
      assert.equal(await heading(page), 'The sign-in server does not know this site')
      assert.match(await page.locator('main').innerText(), /client-refused/)
      await enter(office, 'customprovider/change/', known.secret)
      await follow(page, 'Login')
      assert.equal(await heading(page), `Hello ${person.username}!`)
    })
  })
})

test('an administrator adds and changes users, ends sessions, and shuts somebody out', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (office) => {
    await enterAdmin(office, site)
    await sso.visit({}, async (page) => {
      await signInFirst(page, site, person)

      await office.goto(`${site.url}/admin/auth/user/add/`)
      await fill(office, { username: person.username, email: 'nobody' })
      await follow(office, 'Add')
      assert.match(await office.locator('main').innerText(), /Enter an e-mail address/)
      await fill(office, { email: '' })
      await follow(office, 'Add')
      assert.match(await office.locator('main').innerText(), /Somebody else has this username/)
      await fill(office, { username: 'reserved' })
      await follow(office, 'Add')
      assert.match(await office.locator('main').innerText(), /The user was added/)

      await follow(office, person.username)
      await fill(office, { username: `${person.username}-renamed` })
      await office.locator('#isStaff').check()
      await follow(office, 'Save')
      await page.reload()
      assert.equal(await heading(page), `Hello ${person.username}-renamed!`)
      await follow(page, 'Admin')
      await follow(page, 'Sessions')
      assert.match(await page.locator('main').innerText(), new RegExp(`${person.username}-renamed`))

      await office.goto(`${site.url}/admin/sessions/session/`)
      const row = office.getByRole('row', { name: `${person.username}-renamed` })
      await Promise.all([office.waitForEvent('load'), row.getByRole('button', { name: 'End' }).click()])
      assert.match(await office.locator('main').innerText(), /The session has ended/)
      await page.goto(site.url + profile)
      assert.equal(await heading(page), 'Hello world!')

      await follow(page, 'Login')
      assert.equal(await heading(page), `Hello ${person.username}-renamed!`)
      await office.goto(`${site.url}/admin/auth/user/`)
      await follow(office, `${person.username}-renamed`)
      await office.locator('#isActive').uncheck()
      await follow(office, 'Save')
      await reloadUntil(page, 'Hello world!')
      await follow(page, 'Login')
      assert.equal(await heading(page), 'Your account is deactivated')
    })
  })
})

test('the admin pages are closed to members and to a link that was used', limits, async () => {
  const person = sso.member()
  await sso.visit({}, async (page) => {
    await signInFirst(page, site, person)
    for (const path of ['', 'auth/user/', 'auth/user/add/', 'sessions/session/', 'socialaccount/socialapp/']) {
      assert.equal((await page.goto(`${site.url}/admin/${path}`))?.status(), 403, path)
    }
    await page.goto(site.said['adminLink'] ?? '')
    await follow(page, 'Enter')
    assert.match(await page.locator('main').innerText(), /has been used/)
    const posted = await page.request.post(`${site.url}/admin/auth/user/add/`, { form: { username: 'eve' } })
    assert.equal(posted.status(), 403)
  })
})

test(
  'another sign-in is connected by signing in there anew, and disconnected, but never the last',
  limits,
  async () => {
    const [person, other] = [sso.member(), sso.member()]
    await sso.visit({}, async (page) => {
      await signInFirst(page, site, person)
      await follow(page, 'Connections')
      assert.match(await page.locator('main').innerText(), /Your only way to sign in/)
      await follow(page, 'Connect Latchkey')
      assert.equal(await heading(page), 'Sign in', 'the open session at the server is not enough')
      await signInHere(page, other)
      await follow(page, 'Authorize')
      assert.equal(await heading(page), 'Connections')
      const text = await page.locator('main').innerText()
      assert.ok(text.includes(person.username) && text.includes(other.username), text)
      const disconnect = page.getByRole('button', { name: 'Disconnect', exact: true })
      assert.equal(await disconnect.count(), 2)
      await Promise.all([page.waitForEvent('load'), disconnect.first().click()])
      assert.match(await page.locator('main').innerText(), /It is disconnected[^]*Your only way to sign in/)
    })
    await sso.visit({}, async (page) => {
      await page.goto(site.url + profile)
      await follow(page, 'Login')
      await signInHere(page, other)
      if ((await heading(page)).includes('wants to')) await follow(page, 'Authorize')
      assert.equal(await heading(page), `Hello ${person.username}!`, 'the account is the same by another sign-in')
    })
  },
)

test('axe objects to nothing, in any look', limits, async () => {
  const part = await sso.startSite({ SIGN_IN_CLIENT_ID: 'site', SIGN_IN_CLIENT_SECRET: 'unused' })
  await sso.visit({ scripts: true }, async (page) => {
    const open = async (...paths: readonly string[]): Promise<void> => {
      for (const path of paths) {
        await page.goto(part.url + path)
        await assertAccessible(page)
      }
    }
    await open(profile, '/admin/', `${callback}?state=made-up`, '/nothing-here')
    await enterAdmin(page, part)
    await open('/admin/', '/admin/auth/user/', '/admin/auth/user/add/', '/admin/sessions/session/')
    await open('/admin/socialaccount/socialapp/', '/admin/socialaccount/socialapp/customprovider/change/')
    await page.goto(`${part.url}/admin/socialaccount/socialapp/add/`)
    await follow(page, 'Save')
    await assertAccessible(page)
  })
  await sso.visit({ scripts: true }, async (page) => {
    await signInFirst(page, site, alice)
    await assertAccessible(page)
    await page.goto(`${site.url}/accounts/connections/`)
    await assertAccessible(page)
  })
})
