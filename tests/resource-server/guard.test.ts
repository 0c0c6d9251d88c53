// What the guard remembers, for how long, what it does when the issuer is away, and who is let in at the end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Fault, protect } from '@latchkey/resource-server'
import { memoryUsers } from '@latchkey/resource-server/stores/memory'
import { createTestIssuer } from '@latchkey/resource-server/testing'
import { bearing, challengeOf, groundWith, requestOf, statusOf, testScopes } from './ground.ts'

test('1,000 parallel requests with one new token cause one introspection', async () => {
  const { idp, status } = await groundWith()
  const token = idp.opaque()
  const statuses = await Promise.all(Array.from({ length: 1_000 }, () => status(token)))
  assert.deepEqual(new Set(statuses), new Set([200]))
  assert.equal(idp.requests.introspection, 1)
  assert.equal(idp.requests.metadata, 1)
})

test('a revoked token is refused once the bound of the cache has passed, and not later', async () => {
  const { idp, status } = await groundWith()
  const token = idp.opaque()
  assert.equal(await status(token), 200)
  idp.revoke(token)
  idp.clock.advance(4_999)
  assert.equal(await status(token), 200)
  idp.clock.advance(1)
  assert.equal(await status(token), 401)
})

test('a token’s own end is seen before the bound of the cache', async () => {
  const { idp, check } = await groundWith({ clockToleranceSeconds: 0 })
  const token = idp.opaque({ lifetimeSeconds: 2 })
  assert.equal(statusOf(await check(token)), 200)
  idp.clock.advance(2_000)
  assert.match(challengeOf(await check(token)), /expired/)
  assert.equal(idp.requests.introspection, 1)
})

test('a refusal is remembered as well, for five seconds at most', async () => {
  const { idp, status } = await groundWith()
  for (let again = 0; again < 3; again += 1) assert.equal(await status('unknown'), 401)
  assert.equal(idp.requests.introspection, 1)
  idp.clock.advance(5_000)
  assert.equal(await status('unknown'), 401)
  assert.equal(idp.requests.introspection, 2)
  assert.throws(() => protect({ ...idp.options, scopes: [], negativeCacheSeconds: 6 }), /negativeCacheSeconds/)
})

test('scope and audience are judged after the cache: the same token passes one rule and not another', async () => {
  const { idp, status } = await groundWith()
  const token = idp.opaque({ scopes: ['read'] })
  assert.equal(await status(token, 'read'), 200)
  assert.equal(await status(token, 'write'), 403)
  assert.equal(idp.requests.introspection, 1)
})

test('a clock that is set back does not lengthen the life of a remembered answer', async () => {
  const { idp, status } = await groundWith()
  const token = idp.opaque()
  assert.equal(await status(token), 200)
  idp.revoke(token)
  idp.clock.advance(-3_600_000)
  assert.equal(await status(token), 401)
})

test('a flood of bad tokens does not push out the good one', async () => {
  const { idp, status } = await groundWith({ cacheEntries: 10 })
  const token = idp.opaque()
  assert.equal(await status(token), 200)
  for (let index = 0; index < 50; index += 1) await status(`bad-${index}`)
  const asked = idp.requests.introspection
  assert.equal(await status(token), 200)
  assert.equal(idp.requests.introspection, asked)
})

test('an issuer that is down: 503 and Retry-After, and what is remembered is still answered', async () => {
  const faults: Fault[] = []
  const { idp, check, status } = await groundWith({ onFault: (fault) => faults.push(fault) })
  const [known, jwt] = [idp.opaque(), await idp.token()]
  assert.deepEqual([await status(known), await status(jwt)], [200, 200])
  idp.down()
  const unknown = await check(idp.opaque())
  assert.equal(statusOf(unknown), 503)
  assert.equal(challengeOf(unknown), '')
  assert.equal(unknown.allowed ? '' : unknown.headers['retry-after'], '1')
  assert.deepEqual([await status(known), await status(jwt)], [200, 200])
  assert.equal(await status(await idp.token()), 200, 'the keys are known')
  assert.equal(await status(await idp.unknownKey()), 503, 'whether there is such a key cannot be known')
  idp.clock.advance(5_000)
  assert.equal(await status(known), 503)
  assert.ok(faults.length > 0 && faults.every(({ kind }) => kind === 'authorization-server'))
})

test('answers that are none are an outage, not a bad token', async () => {
  const idp = await createTestIssuer()
  const answers = [
    () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } }),
    () => Response.json({ active: 'true' }),
    () => Response.json({ error: 'invalid_client' }, { status: 401 }),
    () => new Response('', { status: 500 }),
    () => Response.json([]),
    () => Response.redirect('https://elsewhere.test/'),
  ]
  for (const answer of answers) {
    const api = protect({
      ...idp.options,
      scopes: testScopes,
      fetch: async (url, init) => (url.endsWith('/introspect') ? answer() : idp.fetch(url, init)),
    })
    assert.equal(statusOf(await api.check(bearing('token'), api.authenticated())), 503)
  }
})

test('after five failures in a row nobody asks for five seconds, then one does', async () => {
  const { idp, status } = await groundWith()
  let asked = 0
  const api = protect({
    ...idp.options,
    scopes: testScopes,
    async fetch(url, init) {
      asked += 1
      return idp.fetch(url, init)
    },
  })
  const send = async (token: string) => statusOf(await api.check(bearing(token), api.authenticated()))
  idp.down()
  for (let index = 0; index < 8; index += 1) assert.equal(await send(`t-${index}`), 503)
  assert.equal(asked, 5)
  idp.clock.advance(5_000)
  assert.deepEqual(new Set(await Promise.all([send('a'), send('b'), send('c')])), new Set([503]))
  assert.equal(asked, 6)
  idp.up()
  idp.clock.advance(5_000)
  assert.equal(await send(idp.opaque()), 200)
  assert.equal(await status(idp.opaque()), 200)
})

test('an issuer that does not answer is given up after the timeout', async () => {
  const idp = await createTestIssuer()
  const api = protect({
    ...idp.options,
    scopes: [],
    timeoutMs: 30,
    fetch: (url, init) => (url.endsWith('/introspect') ? new Promise(() => undefined) : idp.fetch(url, init)),
  })
  const begun = performance.now()
  assert.equal(statusOf(await api.check(bearing('slow'), api.authenticated())), 503)
  assert.ok(performance.now() - begun < 1_000)
})

test('a rotated key is found by asking again', async () => {
  const { idp, status } = await groundWith()
  const old = await idp.token()
  assert.equal(await status(old), 200)
  await idp.rotateKeys()
  assert.equal(await status(await idp.token()), 200)
  assert.equal(idp.requests.keys, 2)
  idp.clock.advance(5_000)
  assert.equal(await status(old), 401, 'the withdrawn key counts no more')
})

test('JWTs are asked about as well where the API wishes, so that a revocation counts', async () => {
  const { idp, status } = await groundWith({ verification: 'introspection' })
  assert.equal(await status(await idp.token()), 401, 'the issuer calls it inactive')
  assert.equal(idp.requests.introspection, 1)
  assert.equal(await status(await idp.idToken()), 401)
  assert.equal(idp.requests.introspection, 1, 'an ID token is not even asked about')
})

test('an introspected token must name this API, unless the API takes others', async () => {
  const { idp, check } = await groundWith()
  const token = idp.opaque({ claims: { aud: undefined } })
  assert.match(challengeOf(await check(token)), /names no audience/)
  assert.equal(statusOf(await check(idp.opaque({ audience: ['https://x.test', idp.audience] }))), 200)
  assert.equal(statusOf(await check(idp.opaque({ audience: 'https://x.test' }))), 401)
  const lax = protect({ ...idp.options, scopes: [], withoutAudience: 'accept' })
  assert.equal(statusOf(await lax.check(bearing(token), lax.authenticated())), 200)
})

test('refresh tokens and tokens bound to a key are no bearer tokens, even when active', async () => {
  const { idp, status } = await groundWith()
  for (const claims of [{ token_use: 'refresh_token' }, { token_type: 'DPoP' }, { cnf: { jkt: 'x' } }, { exp: '9' }]) {
    assert.equal(await status(idp.opaque({ claims })), 401)
  }
})

test('claims are parsed by the schema, once', async () => {
  const idp = await createTestIssuer()
  let parsed = 0
  const api = protect({
    ...idp.options,
    scopes: [],
    claims: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate(value: unknown) {
          parsed += 1
          const organisation: unknown = Reflect.get(Object(value), 'org_id')
          return typeof organisation === 'string' ? { value: { organisation } } : { issues: ['org_id'] }
        },
      },
    },
  })
  const token = await idp.token({ claims: { org_id: 'o1' } })
  for (let again = 0; again < 2; again += 1) {
    const decision = await api.check(bearing(token), api.authenticated())
    assert.equal(decision.allowed && decision.auth?.claims.organisation, 'o1')
  }
  assert.equal(parsed, 1)
  assert.equal(statusOf(await api.check(bearing(await idp.token()), api.authenticated())), 401)
})

test('a local user is made once at first sight, by issuer and subject, and may be shut out here', async () => {
  const users = memoryUsers()
  const { idp, check, status } = await groundWith({ users })
  const token = idp.opaque({ subject: 'alice', claims: { username: 'alice', email: 'a@example.com' } })
  await Promise.all(Array.from({ length: 20 }, () => check(token)))
  const [user, ...others] = await users.list()
  assert.deepEqual(others, [])
  assert.deepEqual(user, {
    id: 1,
    issuer: 'https://id.test',
    subject: 'alice',
    username: 'alice',
    email: 'a@example.com',
    isActive: true,
    createdAt: idp.clock.now(),
  })
  const decision = await check(token)
  assert.equal(decision.allowed && decision.auth?.user?.id, 1)
  await users.setActive(1, false)
  assert.equal(await status(token), 401, 'at once, though the token is remembered')
  await users.setActive(1, true)
  assert.equal(await status(token), 200)
})

test('a client that calls for itself is no user', async () => {
  const users = memoryUsers()
  const { idp, status } = await groundWith({ users })
  assert.equal(await status(idp.opaque({ claims: { sub: undefined } })), 200)
  assert.equal(await status(await idp.token({ subject: 'app', clientId: 'app' })), 200)
  assert.deepEqual(await users.list(), [])
})

test('a store that fails is 503: nobody is let in unseen', async () => {
  const faults: Fault[] = []
  const broken = {
    find: () => Promise.reject(new Error('The database is gone.')),
    create: () => Promise.reject(new Error('The database is gone.')),
  }
  const { idp, check } = await groundWith({ users: broken, onFault: (fault) => faults.push(fault) })
  const decision = await check(await idp.token())
  assert.equal(statusOf(decision), 503)
  assert.ok(!decision.allowed && !decision.body.includes('database'))
  assert.deepEqual(
    faults.map(({ kind }) => kind),
    ['check'],
  )
})

test('a malformed header is a bad token, and another scheme is none', async () => {
  const { api } = await groundWith()
  for (const authorization of ['Bearer', 'Bearer  ', 'bearer a b', 'Bearer a,b', 'Bearer ü']) {
    const decision = await api.check(requestOf({ authorization }), 'read')
    assert.equal(statusOf(decision), 401, authorization)
    assert.match(challengeOf(decision), /error="invalid_token"/)
  }
  assert.doesNotMatch(challengeOf(await api.check(requestOf({ authorization: 'Basic YTpi' }), 'read')), /error/)
  const query = requestOf({}, 'GET', '/?access_token=abc')
  assert.equal(statusOf(await api.check(query, 'read')), 401)
})

test('refusals can look as Django REST framework writes them', async () => {
  const { idp, api, check } = await groundWith({ refusals: 'django' })
  const bodyOf = (decision: Awaited<ReturnType<typeof check>>) => (decision.allowed ? '' : decision.body)
  assert.equal(
    bodyOf(await api.check(requestOf(), 'read')),
    '{"detail":"Authentication credentials were not provided."}',
  )
  assert.equal(bodyOf(await check('bad')), '{"detail":"Incorrect authentication credentials."}')
  assert.equal(
    bodyOf(await check(await idp.token(), 'read')),
    '{"detail":"You do not have permission to perform this action."}',
  )
})

test('unsafe settings stop the start', async () => {
  const { options } = await createTestIssuer()
  const start = (changes: object) => () => protect({ ...options, scopes: ['read'], ...changes })
  assert.throws(start({ issuer: 'http://id.example.com' }), /https/)
  assert.doesNotThrow(start({ issuer: 'http://localhost:8000/o' }))
  assert.doesNotThrow(start({ issuer: 'http://server:8000', allowInsecureHttp: true }))
  assert.throws(start({ audience: [] }), /audience/)
  assert.throws(start({ scopes: ['two words'] }), /scope token/)
  assert.throws(start({ algorithms: ['HS256'] }), /HS256/)
  assert.throws(start({ cacheSeconds: 36_000 }), /cacheSeconds/)
  assert.throws(start({ verification: 'introspection', introspection: undefined }), /credentials/)
})

test('a test issuer is made in a few milliseconds', async () => {
  await createTestIssuer().then((idp) => idp.token())
  const times: number[] = []
  for (let index = 0; index < 20; index += 1) {
    const begun = performance.now()
    const idp = await createTestIssuer()
    await idp.token()
    times.push(performance.now() - begun)
  }
  const median = times.toSorted((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY
  assert.ok(median < 5, `${median} ms`)
})

test('a session that says who it is gets the local user that a token of that person has', async () => {
  const idp = await createTestIssuer()
  const users = memoryUsers()
  const issuer = idp.options.issuer
  const identity = { issuer, subject: 'alice', username: 'alice', email: undefined }
  const api = protect({ ...idp.options, scopes: testScopes, users, session: () => ({ identity }) })
  const bySession = await api.check(requestOf(), api.session())
  const byToken = await api.check(bearing(idp.opaque({ subject: 'alice' })), api.authenticated())
  assert.ok(bySession.allowed && byToken.allowed)
  assert.equal(bySession.auth?.user?.id, byToken.auth?.user?.id)
  assert.equal((await users.list()).length, 1)
  await users.setActive(bySession.auth?.user?.id ?? 0, false)
  assert.equal(statusOf(await api.check(requestOf(), api.session())), 401, 'shut out here, whatever the session says')
})

test('an identity without a store of users is a mistake of the program: 503, and nobody passes', async () => {
  const faults: Fault[] = []
  const { api } = await groundWith({
    session: () => ({ identity: { issuer: 'i', subject: 's', username: undefined, email: undefined } }),
    onFault: (fault) => faults.push(fault),
  })
  assert.equal(statusOf(await api.check(requestOf(), api.session())), 503)
  assert.equal(faults[0]?.kind, 'check')
})
