// The console in Chromium: its figures with their tables open, and what is done with scripts and without. WCAG 2.2 AA.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { insertGroup } from '../../packages/authorization-server/src/records/groups/index.ts'
import { flushUsage, refusalReasons } from '../../packages/authorization-server/src/records/usage/index.ts'
import { assertAccessible } from '../browser/axe.ts'
import { fill, follow, inBothForms, openStage, signIn } from '../browser/stage.ts'

const stage = await openStage()
const { url } = stage.server

test('the first page with figures, their tables open, and something that needs care', { timeout: 60_000 }, async () => {
  const person = await stage.person({ isSuperuser: true })
  const { usage } = stage.server.context
  usage.signedIn('page')
  for (const reason of refusalReasons) usage.refused(reason)
  for (const client of [1, 2, 3]) usage.gaveToken(client, client === 1 ? 'password' : 'client_credentials')
  await flushUsage(stage.server.context)
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/admin/`)
    for (const summary of await page.locator('.numbers summary').all()) await summary.click()
    assert.equal(await page.locator('.numbers table').filter({ visible: true }).count(), 5)
    await assertAccessible(page)
  })
})

inBothForms('a group is made and given, a user is added, disabled from the list, and deleted', async (scripts) => {
  const person = await stage.person({ isSuperuser: true })
  const name = scripts ? 'with-scripts' : 'without-scripts'
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/admin/groups/`)
    await follow(page, 'Add group')
    await fill(page, { name })
    await page.getByRole('group', { name: 'Users' }).getByLabel('View').check()
    await follow(page, 'Save')
    await page.goto(`${url}/admin/users/`)
    await follow(page, 'Add user')
    await fill(page, { email: `${name}@example.com`, password: 'quiet-harbour-lantern' })
    await follow(page, 'Save')
    await page.getByLabel(name, { exact: true }).check()
    await follow(page, 'Save')
    assert.ok((await page.textContent('main'))?.includes('The changes have been saved.'))
    await page.goto(`${url}/admin/users/?q=${name}`)
    await page.getByLabel(`Choose ${name}@example.com`).check()
    await follow(page, 'Disable')
    await follow(page, 'Disable')
    assert.ok((await page.textContent('main'))?.includes('Done for 1 row.'))
    await page.goto(`${url}/admin/users/?q=${name}`)
    await follow(page, `${name}@example.com`)
    await follow(page, 'Delete')
    await follow(page, 'Yes, delete it')
    assert.ok((await page.textContent('main'))?.includes('It has been deleted.'))
  })
})

inBothForms('a list arrives as a file, whole; where scripts run, with how far it has come', async (scripts) => {
  const person = await stage.person({ isSuperuser: true })
  const { database } = stage.server.context
  const name = scripts ? 'shown' : 'plain'
  const writes = Array.from({ length: 3_000 }, (_, n) => insertGroup(`${name} ${n}`, [], stage.server.clock.now()))
  assert.ok((await database.commit(writes)).won)
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/admin/groups/export/`)
    const wholeNumber = Number(/([\d,]+)/.exec((await page.textContent('main dd')) ?? '')?.[1]?.replace(',', ''))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'groups.csv')
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.equal(lines.length, wholeNumber + 1)
    assert.equal(lines.filter((line) => line.includes(`${name} `)).length, 3_000)
    const progress = page.locator('[data-download]')
    assert.equal(await progress.isVisible(), scripts)
    if (!scripts) return
    await progress.getByText('The file has arrived.').waitFor()
    assert.equal(await progress.locator('progress').getAttribute('value'), '1')
    await assertAccessible(page)
    await page.evaluate(`globalThis.fetch = () => Promise.reject(new TypeError('The connection is gone.'))`)
    await page.getByRole('link', { name: 'Download JSON' }).click()
    await progress.getByText('cut short').waitFor()
  })
})
