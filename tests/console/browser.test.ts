// The console in Chromium: its figures with their tables open, and what is done with scripts and without. WCAG 2.2 AA.
import assert from 'node:assert/strict'
import test from 'node:test'
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
    assert.equal(await page.locator('.numbers table').filter({ visible: true }).count(), 4)
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
