// The pages of both examples in a real browser: they can be used, and read by everybody, in every look.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible } from '../browser/axe.ts'
import { launchChromium } from '../browser/chromium.ts'
import { startSnippets } from './snippets.ts'
import { startUnicorns } from './unicorns.ts'

let browser: Browser
before(async () => {
  browser = await launchChromium()
})
after(() => browser.close())

/** A page that notes what the policy of its headers blocked. */
async function openPage(): Promise<{ readonly page: Page; readonly blocked: readonly string[] }> {
  const page = await (await browser.newContext()).newPage()
  const blocked: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) blocked.push(message.text())
  })
  return { page, blocked }
}

async function fill(page: Page, fields: Readonly<Record<string, string>>, button: string): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value)
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button, exact: true }).click()])
}

test('unicorns: register, sign in, make one, change it, let it go', async () => {
  const { url, close } = await startUnicorns()
  const { page, blocked } = await openPage()
  try {
    await page.goto(url)
    await assertAccessible(page)
    await page.goto(`${url}/authentication/register/`)
    await fill(page, { username: 'half spring', password: 'short' }, 'Register')
    await assertAccessible(page)
    await fill(page, { username: 'halfspring', password: '1234abcd' }, 'Register')
    await assertAccessible(page)
    await page.goto(`${url}/v1/unicorn/`)
    await assertAccessible(page)
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await fill(page, { username: 'halfspring', password: '1234abcd' }, 'Sign in')
    assert.equal(page.url(), `${url}/v1/unicorn/`)
    await fill(page, { name: 'djangounchained', age: '34' }, 'Make it')
    await assertAccessible(page)
    await page.getByRole('link', { name: 'djangounchained' }).click()
    await assertAccessible(page)
    await fill(page, { age: '35' }, 'Save')
    assert.equal(await page.locator('#age').inputValue(), '35')
    await fill(page, {}, 'Delete')
    assert.equal(page.url(), `${url}/v1/unicorn/`)
    assert.deepEqual(blocked, [])
  } finally {
    await close()
  }
})

test('snippets: the secret leads to the sign-in and back; a snippet is kept, changed, thrown away', async () => {
  const { url, close } = await startSnippets()
  const { page, blocked } = await openPage()
  try {
    await page.goto(url)
    await assertAccessible(page)
    await page.goto(`${url}/secret`)
    await fill(page, { username: 'alice@example.com', password: 'correct-horse-battery' }, 'Sign in')
    await page.waitForURL(`${url}/secret`)
    await assertAccessible(page)
    await page.goto(url)
    await fill(page, { title: 'hello' }, 'Keep it')
    await assertAccessible(page)
    await fill(page, { code: 'print("hello")\n' }, 'Keep it')
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Change' }).click()
    await assertAccessible(page)
    await fill(page, { code: 'print("bye")' }, 'Save')
    await page.getByRole('link', { name: 'Change' }).click()
    await fill(page, {}, 'Delete')
    assert.equal(await page.getByText('No snippet is here yet').count(), 1)
    assert.deepEqual(blocked, [])
  } finally {
    await close()
  }
})
