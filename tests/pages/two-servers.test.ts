// Browsers share cookies between the ports of a host (RFC 6265 §8.5): an embedded server beside another one must not sign people out.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const servers: TestServer[] = []
after(() => Promise.all(servers.map((server) => server.close())))

async function started(
  settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<TestServer> {
  const server = await startTestServer({ settings })
  servers.push(server)
  return server
}

const browserAt = ({ server, url }: TestServer): FormBrowser => new FormBrowser(server.app.http, { origin: url })

/** What a browser brings to the other port of the same host. */
function carry(from: FormBrowser, to: FormBrowser): void {
  for (const [name, value] of from.cookies) to.cookies.set(name, value)
}

test('signing in at one of two servers on a host leaves the other session alone, if their cookies have prefixes of their own', async () => {
  const [first, second] = [await started(), await started({ identity: { cookiePrefix: 'unicorns' } })]
  const [here, there] = [browserAt(first), browserAt(second)]
  await here.signIn('alice@example.com', 'correct-horse-battery')
  carry(here, there)
  assert.equal(
    (await there.get('/account/sessions/')).status,
    302,
    'a session of one server opens nothing at the other',
  )
  await there.signIn('alice@example.com', 'correct-horse-battery')
  carry(there, here)
  assert.equal((await here.open('/account/sessions/')).status, 200)
  assert.equal((await there.open('/account/sessions/')).status, 200)
  assert.ok([...there.cookies.keys()].includes('unicorns_session'))
})
