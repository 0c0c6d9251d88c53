// A one-time link in a real browser, with and without scripts: printed in the console, opened by its holder, used once. Browsers
// decide what Origin and Referer they send; only a real one shows that the form arrives and that the link stays where it is.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { inBothForms, openStage } from './stage.ts'

const stage = await openStage()
const chosen = 'own-words-of-a-person'

async function signIn(page: Page, who: string, password: string): Promise<void> {
  await page.goto(`${stage.server.url}/accounts/login/`)
  await page.locator('[name=username]').fill(who)
  await page.locator('[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/account/')
}

inBothForms('a link is printed, opened and used once', async (scripts) => {
  const { email, user } = await stage.person()
  const link = await stage.visit({ scripts }, async (page) => {
    await signIn(page, 'admin@email.com', 'testpass123')
    await page.goto(`${stage.server.url}/admin/users/${user.id}/`)
    await page.getByRole('link', { name: 'Print a one-time link' }).click()
    await page.getByRole('button', { name: 'Print a one-time link' }).click()
    return /https?:[^\s"<]+password-link\/\?token=[\w-]{43}/.exec((await page.content()).replaceAll('&#x2F;', '/'))?.[0]
  })
  assert.ok(link !== undefined)
  await stage.visit({ scripts }, async (page) => {
    const referrers: string[] = []
    page.on('request', (request) => {
      const referrer = request.headers()['referer']
      if (referrer !== undefined) referrers.push(referrer)
    })
    await page.goto(link)
    if (scripts) await assertAccessible(page)
    await page.getByLabel('New password').fill(chosen)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor()
    if (scripts) await assertAccessible(page)
    assert.equal(new URL(page.url()).search, '?done=yes')
    assert.ok(referrers.length > 0)
    assert.equal(
      referrers.some((referrer) => referrer.includes('token')),
      false,
    )
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, email, chosen)
  })
  await stage.visit({ scripts }, async (page) => {
    const answer = await page.goto(link)
    assert.equal(answer?.status(), 410)
    await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    if (scripts) await assertAccessible(page)
  })
})
