// A person's account in a real browser: profile, password, sessions, authorized tokens. OWASP ASVS 5.0 V7.4, V7.5.
import assert from 'node:assert/strict'
import { fill, follow, heading, inBothForms, openStage, signIn, signInHere } from './stage.ts'

const stage = await openStage()
const { url } = stage.server

inBothForms('changing the password signs every other browser out, and this one stays', async (scripts) => {
  const person = await stage.person()
  const password = 'another-quiet-harbour'
  await stage.visit({ scripts }, async (here) => {
    await signIn(stage, here, person)
    await stage.visit({ scripts }, async (there) => {
      await signIn(stage, there, person)
      await here.goto(`${url}/account/password/`)
      await fill(here, { old_password: 'wrong', password, password2: password })
      await follow(here, 'Change password')
      assert.match(await here.getByRole('alert').innerText(), /entered incorrectly/)
      await fill(here, { old_password: person.password, password, password2: password })
      await follow(here, 'Change password')
      assert.match(await here.locator('main').innerText(), /Your password has been changed/)
      await there.goto(`${url}/account/`)
      assert.equal(await heading(there), 'Sign in')
      await signInHere(there, person)
      assert.match(await there.getByRole('alert').innerText(), /not right/)
      await signInHere(there, { ...person, password })
      assert.equal(await heading(there), 'Your account')
    })
    await here.goto(`${url}/account/`)
    assert.equal(await heading(here), 'Your account')
  })
})

inBothForms('another browser is listed and can be ended', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts }, async (here) => {
    await signIn(stage, here, person)
    const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
    await stage.visit({ scripts, userAgent }, async (there) => {
      await signIn(stage, there, person)
      await here.goto(`${url}/account/sessions/`)
      const rows = here.locator('main tbody tr')
      assert.equal(await rows.count(), 2)
      assert.equal(await rows.filter({ hasText: 'This device' }).count(), 1)
      await follow(here, 'End the session on Firefox on Windows')
      assert.match(await here.locator('main').innerText(), /That session has been ended/)
      assert.equal(await rows.count(), 1)
      await there.goto(`${url}/account/`)
      assert.equal(await heading(there), 'Sign in')
    })
  })
})

inBothForms('all other browsers can be ended at once', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts }, async (here) => {
    await signIn(stage, here, person)
    await stage.visit({ scripts }, async (there) => {
      await signIn(stage, there, person)
      await here.goto(`${url}/account/sessions/`)
      await follow(here, 'End all other sessions')
      assert.match(await here.locator('main').innerText(), /All other sessions have been ended/)
      await there.goto(`${url}/account/`)
      assert.equal(await heading(there), 'Sign in')
    })
  })
})

inBothForms('the profile is changed, and what is wrong in it is said beside the field', async (scripts) => {
  const person = await stage.person()
  const other = await stage.person()
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/account/profile/`)
    await fill(page, { first_name: 'Ada', username: other.username })
    await follow(page, 'Save profile')
    assert.match(await page.getByRole('alert').innerText(), /username/i)
    assert.equal(await page.locator('[name="username"]').getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator('[name="first_name"]').inputValue(), 'Ada')
    await fill(page, { username: person.username })
    await follow(page, 'Save profile')
    assert.match(await page.locator('main').innerText(), /Your profile has been saved/)
    await page.goto(`${url}/account/`)
    assert.match(await page.locator('main').innerText(), /Ada/)
  })
})

inBothForms("one authorized token is revoked on the seeds' page, and no longer refreshes", async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    const begun = app.begin()
    await page.goto(begun.url)
    await signInHere(page, person)
    await follow(page, 'Authorize')
    const tokens = await app.redeem(app.callbacks.at(-1)?.get('code') ?? '', begun.verifier)
    await page.goto(`${url}/o/authorized_tokens/`)
    await follow(page, /^Revoke the access of Photo Printer/)
    assert.equal(await heading(page), 'Revoke this access?')
    await follow(page, 'Revoke')
    assert.match(await page.locator('main').innerText(), /The access has been revoked/)
    assert.equal((await app.refresh(tokens.refresh_token)).status, 400)
  })
})
