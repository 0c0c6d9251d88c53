// The API's reference in Chromium: it works under the strict policy of all pages, asks nobody else for anything, and what is tried out
// there goes with the reader's session and form token. axe finds nothing, in any look (WCAG 2.2 AA).
import assert from 'node:assert/strict'
import test from 'node:test'
import { assertAccessible } from '../browser/axe.ts'
import { openStage, signIn } from '../browser/stage.ts'

const stage = await openStage()
const { url } = stage.server

test('the reference lists every address, and what is tried out is done', { timeout: 90_000 }, async () => {
  const person = await stage.person({ isSuperuser: true })
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const reply = await page.goto(`${url}/api/v1/reference/`)
    const policy = reply?.headers()['content-security-policy'] ?? ''
    assert.match(policy, /script-src 'self';/)
    assert.match(policy, /style-src 'self';/)
    await page.locator('#operations-tag-Groups button').click()
    await page.locator('#operations-Groups-groups-add').waitFor()
    assert.ok(asked.length >= 4)
    assert.deepEqual(
      asked.filter((one) => !one.startsWith(`${url}/`) && !one.startsWith('data:')),
      [],
    )
    const operation = page.locator('#operations-Groups-groups-add')
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Try it out' }).waitFor()
    await assertAccessible(page)
    await operation.getByRole('button', { name: 'Try it out' }).click()
    await operation.locator('textarea.body-param__text').fill('{"name": "from the reference", "permissions": []}')
    const [answer] = await Promise.all([
      page.waitForResponse((one) => one.request().method() === 'POST'),
      operation.getByRole('button', { name: 'Execute' }).click(),
    ])
    assert.equal(answer.status(), 201)
    assert.ok(await answer.request().headerValue('x-csrf-token'))
    await operation.locator('.live-responses-table').waitFor()
  })
})

test('without scripts it says so, and leads to the description', { timeout: 60_000 }, async () => {
  const person = await stage.person({ isSuperuser: true })
  await stage.visit({ scripts: false }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/api/v1/reference/`)
    assert.match((await page.textContent('main')) ?? '', /The reference needs scripts/)
    assert.equal(await page.locator('main a[href="/api/v1/openapi.json"]').first().isVisible(), true)
  })
})
