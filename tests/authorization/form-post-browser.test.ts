// The answer by form in a real browser: with scripts it travels by itself, without them by one button. The client's server sees
// a POST that names our origin. OAuth 2.0 Form Post Response Mode §2, §4.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { assertAccessible } from '../browser/axe.ts'
import { follow, heading, inBothForms, openStage, signInHere } from '../browser/stage.ts'
import { addClient, authorizePath } from './ground.ts'

const received: { readonly headers: IncomingHttpHeaders; readonly form: URLSearchParams }[] = []
const app = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'POST') {
      received.push({ headers: request.headers, form: new URLSearchParams(Buffer.concat(chunks).toString()) })
    }
    const page =
      '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>App</title><h1>Back at the app</h1>'
    response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  })
})
app.listen(0, 'localhost')
await once(app, 'listening')
const origin = `http://localhost:${(app.address() as AddressInfo).port}`
const redirectUri = `${origin}/callback`

const stage = await openStage()
await addClient(stage.server, 'poster', { redirectUris: [redirectUri] })
after(() => {
  app.closeAllConnections()
  app.close()
})

const url = (asked: Readonly<Record<string, string>>): string =>
  stage.server.url + authorizePath('poster', { redirect_uri: redirectUri, response_mode: 'form_post', ...asked })

inBothForms('the answer arrives as a form, from our origin, after the sign-in', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts, also: [origin] }, async (page) => {
    await page.goto(url({ state: `scripts-${scripts}` }))
    await signInHere(page, person)
    if (!scripts) {
      assert.equal(await heading(page), 'Back to The poster app')
      await follow(page, 'Continue')
    }
    await page.waitForURL(redirectUri)
    assert.equal(await heading(page), 'Back at the app')
    const { headers, form } = received.at(-1) ?? assert.fail('nothing came')
    assert.equal(headers.origin, stage.server.url)
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded')
    assert.deepEqual([...form.keys()], ['code', 'state', 'iss'])
    assert.equal(form.get('state'), `scripts-${scripts}`)
  })
})

inBothForms('the choice of an account goes on with the one that is there', async (scripts) => {
  const person = await stage.person()
  await stage.visit({ scripts, also: [origin] }, async (page) => {
    await page.goto(url({}))
    await signInHere(page, person)
    if (!scripts) await follow(page, 'Continue')
    await page.waitForURL(redirectUri)
    stage.server.clock.advance(1_000)
    await page.goto(url({ prompt: 'select_account', response_mode: 'query' }))
    assert.equal(await heading(page), 'Choose an account')
    if (scripts) await assertAccessible(page)
    await follow(page, `Continue as ${person.username}`)
    assert.equal(new URL(page.url()).origin, origin)
    assert.ok(new URL(page.url()).searchParams.has('code'))
  })
})

test('with scripts the page leaves no trace in the history: going back does not send the answer again', async () => {
  const person = await stage.person()
  await stage.visit({ scripts: true, also: [origin] }, async (page) => {
    await page.goto(`${origin}/start`)
    await page.goto(url({}))
    await signInHere(page, person)
    await page.waitForURL(redirectUri)
    stage.server.clock.advance(1_000)
    await page.goto(`${origin}/start`)
    await page.goto(url({}))
    await page.waitForURL(redirectUri)
    const known = received.length
    await page.goBack()
    assert.deepEqual([page.url(), received.length], [`${origin}/start`, known])
  })
})

test('the page has nothing that axe objects to', async () => {
  const person = await stage.person()
  await stage.visit({ scripts: true, also: [origin] }, async (page) => {
    await page.route('**/assets/pages.js*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
    await page.goto(url({}))
    await signInHere(page, person)
    assert.equal(await heading(page), 'Back to The poster app')
    await assertAccessible(page)
  })
})
