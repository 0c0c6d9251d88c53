// The application pages in a real browser: a secret is seen once, and whoever does not own an application does not see it.
import assert from 'node:assert/strict'
import { basic, postForm } from '../support/server.ts'
import { fill, follow, heading, inBothForms, openStage, signIn } from './stage.ts'

const stage = await openStage()
const { url } = stage.server

async function tokenStatus(clientId: string, secret: string): Promise<number> {
  const fields = { grant_type: 'client_credentials' }
  return (await postForm(`${url}/o/token/`, fields, basic(clientId, secret))).status
}

inBothForms(
  'an application is registered, shows its secret once, gets a second one and is deleted',
  async (scripts) => {
    const person = await stage.person()
    const name = `Shop ${scripts}`
    await stage.visit({ scripts }, async (page) => {
      await signIn(stage, page, person)
      await page.goto(`${url}/o/applications/`)
      assert.match(await page.locator('main').innerText(), /No applications yet/)
      await follow(page, 'Register application')
      await fill(page, { name, redirect_uris: 'not an address' })
      await page.locator('[name="grant_types"][value="client_credentials"]').check()
      await follow(page, 'Register application')
      assert.ok((await page.getByRole('alert').innerText()).length > 0)
      assert.equal(await page.locator('[name="name"]').inputValue(), name)
      await fill(page, { redirect_uris: 'https://shop.example/callback' })
      await follow(page, 'Register application')
      assert.equal(await heading(page), name)

      const clientId = await page.locator('#client-id').innerText()
      const first = await page.locator('#client-secret').innerText()
      assert.equal(await tokenStatus(clientId, first), 200)
      await page.goto(`${url}/o/applications/`)
      await follow(page, new RegExp(name))
      const detail = page.url()
      assert.equal((await page.content()).includes(first), false, 'the secret is shown once')

      await follow(page, 'Add a new secret')
      const second = await page.locator('#client-secret').innerText()
      assert.notEqual(second, first)
      assert.deepEqual([await tokenStatus(clientId, first), await tokenStatus(clientId, second)], [200, 200])
      await page.goto(detail)
      assert.equal((await page.content()).includes(second), false, 'the new one as well')
      await follow(page, `Remove the secret that ends in ${first.slice(-4)}`)
      assert.deepEqual([await tokenStatus(clientId, first), await tokenStatus(clientId, second)], [401, 200])

      await follow(page, 'Edit')
      await fill(page, { name: `${name} renamed` })
      await follow(page, 'Save changes')
      assert.equal(await heading(page), `${name} renamed`)
      await follow(page, 'Delete')
      assert.match(await heading(page), /^Delete /)
      await follow(page, 'Delete')
      assert.match(await page.locator('main').innerText(), /The application has been deleted/)
      assert.equal(await tokenStatus(clientId, second), 401)
    })
  },
)

inBothForms("somebody else's application is not found", async (scripts) => {
  const [owner, other] = [await stage.person(), await stage.person()]
  const app = await stage.app({ ownerId: owner.user.id })
  const detail = await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, owner)
    await page.goto(`${url}/o/applications/`)
    await follow(page, /Photo Printer/)
    return page.url()
  })
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, other)
    for (const path of ['', 'update/', 'delete/']) assert.equal((await page.goto(`${detail}${path}`))?.status(), 404)
    assert.equal((await page.content()).includes(app.redirectUri), false)
  })
})
