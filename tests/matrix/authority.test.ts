// Whatever ends authority ends it everywhere, at the very next request, and nothing that undoes the change revives what
// was issued before it. One gate, so one matrix: each change at each place where a token or a code can be used.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readRefreshToken } from '../../packages/authorization-server/src/records/grants/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  codeFor,
  getAs,
  injecting,
  isActive,
  type Pair,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  signedIn,
  type TestClient,
} from '../races/ground.ts'
import { changes, newScene, type Scene, setPassword } from './changes.ts'

let server: TestServer
let post: Post
let api: TestClient

before(async () => {
  server = await startTestServer()
  post = injecting(server)
  api = await registerClient(server.context, 'api')
})
after(() => server.close())

const offline = ['openid', 'offline_access', 'read', 'write']

async function grantIn(scene: Scene, scopes: readonly string[]): Promise<Pair> {
  const answer = await redeem(post, scene.client, await codeFor(scene.context, scene.person, scene.client, { scopes }))
  // Without offline_access a grant of OpenID has no refresh token.
  return scopes.includes('openid') && !scopes.includes('offline_access')
    ? { access: String(answer.body['access_token']), refresh: '' }
    : pairOf(answer)
}

interface Place {
  readonly name: string
  /** Scopes of a grant that hangs on its session and can be used here. */
  readonly inSession: readonly string[]
  /** True: the token still works here. */
  works(scene: Scene, pair: Pair): Promise<boolean>
}

/** A page or API that takes the access token: it works, or the token is refused as such. */
function resource(name: string, path: string): Place {
  return {
    name,
    inSession: ['openid', 'read', 'write'],
    async works(_scene, pair) {
      const status = await getAs(server, path, pair.access)
      assert.ok(status === 200 || status === 401, `${path} answered ${status}`)
      return status === 200
    },
  }
}

const places: readonly Place[] = [
  {
    name: 'introspection',
    inSession: ['openid', 'read', 'write'],
    works: (_scene, pair) => isActive(post, api, pair.access),
  },
  resource('userinfo', '/o/userinfo/'),
  resource('/profile/', '/profile/'),
  resource('/user/profile/', '/user/profile/'),
  resource('/users/profile/', '/users/profile/'),
  {
    name: 'refresh',
    inSession: ['read', 'write'],
    async works({ client }, pair) {
      const { status } = await refresh(post, client, pair.refresh)
      assert.ok([200, 400, 401].includes(status), `refresh answered ${status}`)
      return status === 200
    },
  },
]

/** What is refused must be refused again when the node has forgotten what it knew of the client. */
async function works(place: Place, scene: Scene, pair: Pair): Promise<boolean> {
  const first = await place.works(scene, pair)
  if (first) return true
  server.context.clients.forget()
  assert.equal(await place.works(scene, pair), false, 'refused once, then accepted')
  return false
}

let cells = 0

for (const change of changes) {
  test(`${change.name}: refused at every place`, async () => {
    for (const place of places) {
      const scene = await newScene(server.context, post)
      const pair = await grantIn(scene, change.reach === 'session' ? place.inSession : offline)
      if (place.name !== 'refresh')
        assert.equal(await place.works(scene, pair), true, `${place.name} before the change`)
      await change.apply(scene, pair)
      assert.equal(await works(place, scene, pair), false, place.name)
      cells += 1
    }
  })

  test(`${change.name}: a code issued before it`, async () => {
    const scene = await newScene(server.context, post)
    const pair = await grantIn(scene, offline)
    const code = await codeFor(scene.context, scene.person, scene.client)
    await change.apply(scene, pair)
    const answer = await redeem(post, scene.client, code)
    // One grant's end says nothing about what else the person allowed.
    if (change.reach === 'grant') assert.equal(answer.status, 200)
    else assert.ok(answer.status === 400 || answer.status === 401, `answered ${answer.status}`)
    if (change.reach === 'grant') return
    server.context.clients.forget()
    assert.notEqual((await redeem(post, scene.client, code)).status, 200)
    cells += 1
  })
}

test('nothing changed: every place takes the token, and a code is redeemed', async () => {
  for (const place of places) {
    for (const scopes of [offline, place.inSession]) {
      const scene = await newScene(server.context, post)
      assert.equal(await works(place, scene, await grantIn(scene, scopes)), true, place.name)
    }
  }
})

const narrow = changes.filter((change) => change.reach === 'grant')
for (const change of narrow) {
  test(`${change.name}: the person's other grant to the same client lives on`, async () => {
    for (const place of places) {
      const scene = await newScene(server.context, post)
      const [ended, other] = [await grantIn(scene, offline), await grantIn(scene, offline)]
      await change.apply(scene, ended)
      assert.equal(await works(place, scene, other), true, place.name)
    }
  })
}

for (const change of changes.filter(({ name }) => !name.startsWith('installation'))) {
  test(`${change.name}: another person's grant to another client lives on`, async () => {
    const [scene, bystander] = [await newScene(server.context, post), await newScene(server.context, post)]
    const [pair, theirs] = [await grantIn(scene, offline), await grantIn(bystander, offline)]
    await change.apply(scene, pair)
    for (const place of places) assert.equal(await works(place, bystander, theirs), true, place.name)
  })
}

test('a grant with offline_access outlives the session in which it was given (OpenID Connect Core §11)', async () => {
  const signOut = changes.find((change) => change.reach === 'session')
  for (const place of places) {
    const scene = await newScene(server.context, post)
    const pair = await grantIn(scene, offline)
    await signOut?.apply(scene, pair)
    assert.equal(await works(place, scene, pair), true, place.name)
  }
})

test('a new password leaves alive the grant and the session that changed it, and nothing else', async () => {
  const scene = await newScene(server.context, post)
  const [kept, other] = [await grantIn(scene, offline), await grantIn(scene, offline)]
  const elsewhere = await signedIn(scene.context, scene.person.user.email ?? '')
  const grantId = readRefreshToken(server.context.keys.sealer, kept.refresh)?.grantId ?? ''
  await setPassword(scene, { grantId, sessionId: scene.person.session.id })
  for (const place of places) assert.equal(await works(place, scene, other), false, place.name)
  for (const place of places.filter(({ name }) => name !== 'refresh')) {
    assert.equal(await works(place, scene, kept), true, place.name)
  }
  const refreshed = pairOf(await refresh(post, scene.client, kept.refresh))
  assert.equal(await isActive(post, api, refreshed.access), true)
  await assert.rejects(codeFor(scene.context, elsewhere, scene.client), 'another session gets no code')
  const user = { ...scene.person.user, epoch: scene.person.user.epoch + 1 }
  const session = { ...scene.person.session, userEpoch: user.epoch }
  const code = await codeFor(scene.context, { kind: 'signed-in', session, user }, scene.client)
  assert.equal((await redeem(post, scene.client, code)).status, 200)
})

const clientChanges = [
  'client disabled',
  'client disabled, then enabled',
  'all that the client holds voided',
  'client deleted',
]
for (const change of changes) {
  test(`${change.name}: a token that the client has for itself`, async () => {
    const scene = await newScene(server.context, post)
    const own = async (): Promise<string> => {
      const answer = await post('/o/token/', { grant_type: 'client_credentials', ...scene.client.credentials })
      return String(answer.body['access_token'])
    }
    const [token, another] = [await own(), await own()]
    await change.apply(scene, await grantIn(scene, offline))
    const dies = clientChanges.includes(change.name) || change.name.startsWith('installation')
    assert.equal(await isActive(post, api, token), !dies)
    if (dies) return
    assert.equal((await post('/o/revoke_token/', { token, ...scene.client.credentials })).status, 200)
    assert.deepEqual([await isActive(post, api, token), await isActive(post, api, another)], [false, true])
  })
}

test('the whole matrix was walked', (t) => {
  const planned = changes.length * places.length + changes.length - narrow.length
  t.diagnostic(`cells ${cells} of ${planned}`)
  assert.equal(cells, planned)
})
