// The first administrator of a production server, by the one-time link, in a real browser.
import assert from 'node:assert/strict'
import { openSetup } from '../../packages/authorization-server/src/features/setup/index.ts'
import { startTestServer } from '../support/server.ts'
import { assertAccessible } from './axe.ts'
import { fill, follow, heading, inBothForms, openStage } from './stage.ts'

const stage = await openStage({ development: false })

inBothForms('the link makes the first administrator once, and is then spent', async (scripts) => {
  const server = scripts ? stage.server : await startTestServer({ development: false })
  try {
    const link = await openSetup(server.context)
    await stage.visit({ scripts, also: [server.url] }, async (page) => {
      await page.goto(link?.url ?? '')
      if (scripts) await assertAccessible(page)
      await fill(page, { email: 'first@example.com', password: 'password' })
      await page.locator('main form button:not([type="button"])').click()
      await page.getByRole('alert').waitFor()
      assert.match(await page.getByRole('alert').innerText(), /common/)
      await fill(page, { password: 'a-lantern-in-the-harbour' })
      await page.locator('main form button:not([type="button"])').click()
      await page.waitForURL(`${server.url}/account/`)
      assert.equal(await heading(page), 'Your account')
      await follow(page, 'Sign out')
      await page.goto(link?.url ?? '')
      assert.equal(await page.locator('main form').count(), 0)
      if (scripts) await assertAccessible(page)
    })
  } finally {
    if (server !== stage.server) await server.close()
  }
})
