// Signing keys in the console: their lives as a picture and as a table, and a rotation that is one commit with its trail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql, unguarded, type Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { type Engine, onBothEngines } from './both-engines.ts'
import { call, person, signedIn } from './ground.ts'

type Row = Readonly<Record<string, unknown>>

function touches(writes: readonly Write[], table: string): boolean {
  return writes.some(({ statement }) => statement.sql.includes(table))
}

async function rotate(engine: Engine): Promise<void> {
  const done = await engine.api('POST', 'keys/actions/rotate', { body: {} })
  assert.equal(done.status, 200, done.text)
}

/** As if the time had come: waiting for it would end the session at the console. */
async function successorsSign({ server: { context } }: Engine): Promise<void> {
  const now = context.clock.now()
  await context.database.commit([unguarded(sql`update signing_keys set signs_from = ${now} where signs_from > ${now}`)])
  await context.keys.refresh()
}

/** How many keys of each algorithm have no successor. */
async function open(engine: Engine): Promise<Readonly<Record<string, number>>> {
  const counted: Record<string, number> = {}
  for (const { algorithm, published_until: until } of await engine.items('keys?limit=200')) {
    if (until === null) counted[String(algorithm)] = (counted[String(algorithm)] ?? 0) + 1
  }
  return counted
}

onBothEngines((engine) => {
  test('a rotation of all keys is one commit, its events among it', async () => {
    const here = engine()
    const before = await here.items('keys')
    here.commits.length = 0
    await rotate(here)
    const rotations = here.commits.filter((writes) => touches(writes, 'signing_keys'))
    assert.equal(rotations.length, 1)
    assert.equal(rotations[0]?.filter(({ statement }) => statement.sql.includes('insert into signing_keys')).length, 2)
    assert.ok(touches(rotations[0] ?? [], 'insert into events'))
    assert.deepEqual(await open(here), { RS256: 1, ES256: 1 })
    const now = await here.items('keys')
    assert.deepEqual(now.map(({ state }) => String(state)).toSorted(), ['next', 'next', 'signing', 'signing'])
    const told = async ({ id }: Row): Promise<readonly Row[]> =>
      (await here.api('GET', `keys/${String(id)}/history`)).body['items'] as readonly Row[]
    for (const key of now) {
      const isOld = before.some(({ id }) => id === key['id'])
      const [event, ...others] = await told(key)
      assert.deepEqual([event?.['kind'], others], [isOld ? 'key.retired' : 'key.rotated', []])
      const { published_until: until, signs_from: from } = Object(event?.['changes']) as Readonly<Record<string, Row>>
      assert.deepEqual(isOld ? until : from, { before: null, after: key[isOld ? 'published_until' : 'signs_from'] })
    }
  })

  test('as long as successors wait to sign, no more keys are made, however often somebody asks', async () => {
    const here = engine()
    const before = await here.items('keys?limit=200')
    const again = await here.api('POST', 'keys/actions/rotate', { body: {} })
    assert.equal(again.status, 409, again.text)
    assert.match(String(again.body['detail']), /waits to sign/)
    assert.deepEqual(await here.items('keys?limit=200'), before)
    await successorsSign(here)
    await rotate(here)
    assert.equal((await here.items('keys?limit=200')).length, before.length + 2)
  })

  test('whoever loses the right at that moment has made no key, and left no trail', async () => {
    const here = engine()
    await successorsSign(here)
    const { database, clock } = here.server.context
    const leaver = await person(here.server, 'leaver', { isStaff: true, isSuperuser: true })
    const browser = await signedIn(here.server, 'leaver')
    const [before, events] = [await here.items('keys?limit=200'), (await here.api('GET', 'events')).body['count']]
    here.hook.beforeCommit = async (writes) => {
      if (!touches(writes, 'insert into signing_keys')) return
      here.hook.beforeCommit = undefined
      await database.commit([setUserActive(leaver.id, false, clock.now())])
    }
    const refused = await call(here.server, browser, 'POST', '/api/v1/keys/actions/rotate', { body: {} })
    assert.equal(refused.status, 409, refused.text)
    assert.deepEqual(await here.items('keys?limit=200'), before)
    assert.equal((await here.api('GET', 'events')).body['count'], events)
  })

  test('of two rotations at the same moment one is made', async () => {
    const here = engine()
    await successorsSign(here)
    const answers = await Promise.all([1, 2].map(() => here.api('POST', 'keys/actions/rotate', { body: {} })))
    assert.ok(answers.some(({ status }) => status === 200))
    for (const { status } of answers) assert.ok([200, 409].includes(status))
    assert.deepEqual(await open(here), { RS256: 1, ES256: 1 })
  })

  test('the lives of the keys are a picture with a name, and a table of the same facts', async () => {
    const here = engine()
    const { body } = await here.admin.get('/admin/keys/')
    const picture = /<svg class="timeline-picture" role="img" aria-labelledby="([^"]+)"[\s\S]*?<\/svg>/.exec(body)
    assert.ok(picture)
    assert.match(picture[0], new RegExp(`<title id="${String(picture[1])}">The lives of the keys</title>`))
    assert.ok(!picture[0].includes('style='), 'the policy of the pages allows no style inside of them')
    const table = /<details><summary>As a table<\/summary>([\s\S]*?)<\/details>/.exec(body)?.[1] ?? ''
    const bars = picture[0].match(/<rect /g)?.length ?? 0
    assert.equal(table.match(/<tr role="row"><th scope="row"/g)?.length, bars)
    for (const { kid } of await here.items('keys?limit=200')) assert.ok(table.includes(String(kid)), String(kid))
    for (const words of ['Published, signs later', 'Signs', 'Still published, signs no more', 'no end yet']) {
      assert.ok(table.includes(words), words)
    }
    for (const [, place = ''] of picture[0].matchAll(/ (?:x|width)="([-\d.]+)%"/g)) {
      assert.ok(Number(place) >= 0 && Number(place) <= 100, place)
    }
  })
})
