// Signing in, up and out, and the pages that say no, in a real browser. Markup facts: OWASP ASVS 5.0 V6, WCAG 2.2 §2.1.1, §3.3.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { ask, fill, follow, heading, inBothForms, openStage, signIn, signInHere } from './stage.ts'

const stage = await openStage()
const { url } = stage.server

inBothForms('a person signs in by e-mail or by username, and Enter sends the form', async (scripts) => {
  const person = await stage.person()
  for (const identifier of [person.email, person.username]) {
    await stage.visit({ scripts }, async (page) => {
      await page.goto(`${url}/accounts/login/`)
      await fill(page, { username: identifier, password: person.password })
      await Promise.all([page.waitForEvent('load'), page.locator('[name="password"]').press('Enter')])
      assert.equal(page.url(), `${url}/account/`)
      assert.equal(await heading(page), 'Your account')
    })
  }
})

inBothForms('a wrong password says so once, keeps the identifier and has the focus', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts }, async (page) => {
    const answers: string[] = []
    for (const identifier of [person.email, 'nobody@example.com']) {
      await page.goto(`${url}/accounts/login/`)
      await signInHere(page, { email: identifier, password: 'not-the-password' })
      const alert = page.getByRole('alert')
      answers.push(await alert.innerText())
      assert.equal(await page.locator('[name="username"]').inputValue(), identifier)
      assert.equal(await page.locator('[name="password"]').inputValue(), '')
      assert.equal(await focused(page), 'err')
    }
    assert.match(answers[0] ?? '', /The email, username or password is not right/)
    assert.equal(answers[1], answers[0], 'an unknown name is answered in the same words')
    await signInHere(page, person)
    assert.equal(page.url(), `${url}/account/`)
  })
})

inBothForms('a new person signs up and is signed in, and comes to the page that they wanted', async (scripts) => {
  const email = `new-${scripts}@example.com`
  await stage.visit({ scripts }, async (page) => {
    await page.goto(`${url}/account/sessions/`)
    assert.equal(await heading(page), 'Sign in')
    await follow(page, 'Create an account')
    await fill(page, { email, password: '12345678' })
    await follow(page, 'Create account')
    assert.match(await page.getByRole('alert').innerText(), /password/i)
    assert.equal(await page.locator('[name="email"]').inputValue(), email)
    await fill(page, { password: 'a-lantern-in-the-harbour' })
    await follow(page, 'Create account')
    assert.equal(await heading(page), 'Sessions')
  })
  await stage.visit({ scripts }, (page) => signIn(stage, page, { email, password: 'a-lantern-in-the-harbour' }))
})

inBothForms('signing out ends the session, also for the way back', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await follow(page, 'Sign out')
    assert.equal(await heading(page), 'You are signed out')
    await page.goto(`${url}/account/`)
    assert.equal(await heading(page), 'Sign in')
  })
})

inBothForms('the confirmation before signing out offers to stay', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/accounts/logout/`)
    assert.equal(await heading(page), 'Sign out?')
    await follow(page, 'Stay signed in')
    assert.equal(await heading(page), 'Your account')
    await page.goto(`${url}/accounts/logout/`)
    await page.locator('main').getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${url}/accounts/logout/`)
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  })
})

inBothForms("a form with another browser's token is refused on a page that says what to do", async (scripts) => {
  const person = await stage.person()
  const foreign = await stage.visit({ scripts }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    return page.locator('main [name="csrf_token"]').first().inputValue()
  })
  await stage.visit({ scripts }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    await page.evaluate(`document.querySelector('main [name="csrf_token"]').value = ${JSON.stringify(foreign)}`)
    await signInHere(page, person)
    assert.match(await page.locator('main').innerText(), /cookies/i)
    assert.match(await page.locator('.incident code').innerText(), /\S{6,}/)
    await page.goto(`${url}/account/`)
    assert.equal(await heading(page), 'Sign in')
  })
})

inBothForms('an address that leads nowhere has a page with a way home', async (scripts) => {
  await stage.visit({ scripts }, async (page) => {
    const answer = await page.goto(`${url}/no/such/place/`)
    assert.equal(answer?.status(), 404)
    assert.equal(await page.getByRole('alert').count(), 1)
    await page.locator('.buttons a').click()
    await page.waitForURL(`${url}/`)
  })
})

inBothForms('an API that is opened in a browser answers as a page', async (scripts) => {
  await stage.visit({ scripts }, async (page) => {
    const answer = await page.goto(`${url}/user/profile/`)
    assert.match(answer?.headers()['content-type'] ?? '', /^text\/html/)
    assert.equal(answer?.status(), 401)
    assert.match(await page.locator('main').innerText(), /GET\s+\/user\/profile\//)
    assert.match(await page.locator('main').innerText(), /Authentication credentials were not provided/)
  })
})

inBothForms('the Tab key reaches every field, button and link, in reading order', async (scripts) => {
  await stage.visit({ scripts }, async (page) => {
    for (const path of ['/accounts/login/', '/accounts/signup/', '/']) {
      await page.goto(`${url}${path}`)
      const count = await ask(page, `${controls}.length`, isNumber)
      const pressed: number[] = []
      // Once round: the page begins wherever it has put the focus, and the window itself is one stop.
      for (let i = 0; i <= count; i++) {
        await page.keyboard.press('Tab')
        pressed.push(await ask(page, `${controls}.indexOf(document.activeElement)`, isNumber))
      }
      const reached = pressed.filter((position) => position >= 0)
      const first = reached.indexOf(0)
      assert.deepEqual([...reached.slice(first), ...reached.slice(0, first)], [...Array(count).keys()], path)
    }
  })
})

test('the button that shows the password is there with scripts, and works; without them there is none', async () => {
  await stage.visit({ scripts: true }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    const show = page.getByRole('button', { name: 'Show password' })
    const password = page.locator('#password')
    await password.fill('secret')
    await show.click()
    assert.equal(await password.getAttribute('type'), 'text')
    assert.equal(await show.getAttribute('aria-pressed'), 'true')
    await show.click()
    assert.equal(await password.getAttribute('type'), 'password')
  })
  await stage.visit({ scripts: false }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    assert.equal(await page.getByRole('button', { name: 'Show password' }).count(), 0)
    assert.equal(await page.locator('[data-reveal]').isVisible(), false)
  })
})

test('with scripts, one press fills in a demo user', async () => {
  await stage.visit({ scripts: true }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    await page.getByRole('button', { name: /alice@example\.com$/ }).click()
    await follow(page, 'Sign in')
    assert.equal(page.url(), `${url}/account/`)
  })
})

const controls = `Array.from(document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, pre[tabindex], [tabindex="0"]')).filter((one) => one.checkVisibility())`

function focused(page: Page): Promise<string> {
  return ask(page, 'document.activeElement.id', (value) => typeof value === 'string')
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
