// Requests of callers that prove nothing cause no write, however many, and beyond a limit they are answered 429.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { basic } from '../support/server.ts'
import { type Answer, type Place, place, range, tally } from './place.ts'

let here: Place
afterEach(() => here.close())

type Send = (n: number, address?: string) => Promise<Answer>

/** What may come from anybody. */
function floods(): Readonly<Record<string, Send>> {
  const post =
    (
      path: string,
      fields: (n: number) => Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string>>,
    ): Send =>
    (n, address = '192.0.2.1') =>
      here.post(path, fields(n), { headers, address })
  const secret = (n: number) => ({ grant_type: 'client_credentials', client_id: 'web', client_secret: `wrong ${n}` })
  const client = (n: number) => ({ ...secret(n), client_id: `nobody-${n}` })
  const code = (n: number) => ({
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: `lk_ac_forged${n}`,
    redirect_uri: 'http://localhost:9999/callback',
    code_verifier: 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789',
  })
  return {
    'wrong secrets': post('/o/token/', secret, {}),
    'unknown clients': post('/o/token/', client, {}),
    'malformed Basic credentials': post('/o/token/', () => ({ grant_type: 'client_credentials' }), basic('', 'x')),
    'wrong secrets at introspection': post('/o/introspect/', (n) => ({ token: `t${n}` }), basic('rs-id', 'wrong')),
    'forged bearer tokens at introspection': post('/o/introspect/', () => ({ token: 't' }), bearer('lk_at_forged')),
    'forged bearer tokens at an API': post('/o/userinfo/', () => ({}), bearer('lk_at_forged')),
    'wrong secrets at revocation': post('/o/revoke_token/', (n) => ({ token: `t${n}` }), basic('web', 'wrong')),
    'forged codes of a public client': post('/o/token/', code, {}),
    'no grant at all': post('/o/token/', () => ({}), {}),
    'nothing there': post('/o/nothing/', () => ({}), {}),
  }
}

/** A secret that its operator chose costs one slow hash; once it was right, wrong ones are told without. */
async function proveSecrets(): Promise<void> {
  for (const [id, secret] of [
    ['web', 'web-secret'],
    ['rs-id', 'rs-secret'],
  ] as const) {
    const answer = await here.post('/o/introspect/', { token: 'x' }, { headers: basic(id, secret) })
    assert.equal(answer.status, 200)
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

test('a flood of bad requests causes no durable write', async () => {
  here = await place()
  await proveSecrets()
  here.database.arm()
  for (const [name, send] of Object.entries(floods())) {
    const statuses = await Promise.all(range(100).map((n) => send(n).then(({ status }) => status)))
    assert.ok(
      statuses.every((status) => status >= 400 && status < 500),
      `${name}: ${JSON.stringify(tally(statuses))}`,
    )
  }
  assert.equal(here.database.counts().commits, 0)
})

test('who fails too often is answered 429 with the time to wait, and then heard again (RFC 6585 §4)', async () => {
  const limited = new Set(Object.keys(floods()).slice(0, 8))
  limited.delete('malformed Basic credentials')
  for (const name of limited) {
    here = await place({ clientFailuresPerMinute: 5, strangerFailuresPerMinute: 5 })
    await proveSecrets()
    const send = floods()[name]
    assert.ok(send)
    const answers: Answer[] = []
    for (const n of range(8)) answers.push(await send(n))
    const statuses = answers.map(({ status }) => status)
    assert.ok(!statuses.slice(0, 5).includes(429), `${name}: ${statuses.join(' ')}`)
    assert.deepEqual(statuses.slice(5), [429, 429, 429], name)
    const refused = answers.at(-1)
    assert.equal(refused?.headers['retry-after'], '12', name)
    assert.equal(JSON.parse(refused.body).error, 'temporarily_unavailable', name)
    assert.ok(refused.headers['latchkey-incident'], name)
    assert.notEqual((await send(9, '192.0.2.2')).status, 429, `${name} from elsewhere`)
    here.clock.advance(12_000)
    assert.notEqual((await send(9)).status, 429, `${name} later`)
    if (name !== [...limited].at(-1)) await here.close()
  }
})

test('beyond the limit the right secret is refused as well, and another client at that address is not', async () => {
  here = await place({ clientFailuresPerMinute: 5 })
  const ask = (id: string, secret: string) =>
    here.post('/o/introspect/', { token: 'x' }, { headers: basic(id, secret) }).then(({ status }) => status)
  const guesses = await Promise.all(range(20).map((n) => ask('rs-id', `guess ${n}`)))
  assert.deepEqual(tally(guesses), { 401: 5, 429: 15 })
  assert.equal(await ask('rs-id', 'rs-secret'), 429)
  assert.equal(await ask('web', 'web-secret'), 200)
})

test('successes never add up to a failure', async () => {
  here = await place({ clientFailuresPerMinute: 2 })
  for (const _ of range(20)) {
    const answer = await here.post('/o/introspect/', { token: 'x' }, { headers: basic('rs-id', 'rs-secret') })
    assert.equal(answer.status, 200)
  }
})
