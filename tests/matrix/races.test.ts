// A change of authority that lands while requests are under way. Whatever was issued before it, or by what stood before
// it, is dead once the change was acknowledged. Keycloak CVE-2026-1035 and its kin; OWASP ASVS 5.0 V7.4.
import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  type Answer,
  codeFor,
  injecting,
  isActive,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  signedIn,
  type TestClient,
  times,
} from '../races/ground.ts'
import { changes, newScene, type Scene, setPassword } from './changes.ts'

const rounds = 50

let server: TestServer
let post: Post
let api: TestClient

before(async () => {
  const limits = { signInAttemptsPerAccount: 1_000, signInAttemptsPerSource: 10_000 }
  server = await startTestServer({ settings: { limits } })
  post = injecting(server)
  api = await registerClient(server.context, 'api')
})
after(() => server.close())

async function assertDead(scene: Scene, answers: readonly Answer[]): Promise<number> {
  for (const { status } of answers) assert.ok([200, 400, 401].includes(status), `answered ${status}`)
  const issued = answers.filter((answer) => answer.status === 200).map(pairOf)
  for (const pair of issued) {
    assert.equal(await isActive(post, api, pair.access), false)
    assert.notEqual((await refresh(post, scene.client, pair.refresh)).status, 200)
  }
  return issued.length
}

// A new password takes its time to hash, so it has a test of its own below.
const quick = changes.filter(({ name, reach }) => reach !== 'grant' && name !== 'password changed')

for (const change of quick) {
  test(`${change.name}, while codes are redeemed and tokens refreshed: nothing lives on, ${rounds} rounds`, async (t) => {
    let [issued, refused] = [0, 0]
    for (const round of times(rounds, (n) => n)) {
      const scene = await newScene(server.context, post)
      const codes = await Promise.all(times(12, () => codeFor(scene.context, scene.person, scene.client)))
      const first = pairOf(await redeem(post, scene.client, codes.pop() ?? ''))
      const early = codes.splice(0, round % codes.length).map((code) => redeem(post, scene.client, code))
      for (const _turn of times(round % 4, (n) => n)) await nextTurn()
      const [answers] = await Promise.all([
        Promise.all([
          ...early,
          refresh(post, scene.client, first.refresh),
          ...codes.map((code) => redeem(post, scene.client, code)),
        ]),
        change.apply(scene, first),
      ])
      const won = await assertDead(scene, answers)
      issued += won
      refused += answers.length - won
    }
    t.diagnostic(`issued before the change ${issued}, refused after it ${refused}`)
    assert.ok(issued > 0 && refused > 0, 'the change never landed in the middle')
  })
}

test(`a new password against the old one at the password grant, redemption and refresh, ${rounds} rounds`, async (t) => {
  let [issued, refused] = [0, 0]
  for (const round of times(rounds, (n) => n)) {
    const scene = await withPassword(round)
    const answers: Promise<Answer>[] = []
    const isOver = { yes: false }
    const change = setPassword(scene).finally(() => {
      isOver.yes = true
    })
    const old = { grant_type: 'password', username: scene.person.user.email ?? '', password: 'the-old-password' }
    answers.push(...times(2, () => post('/o/token/', { ...old, ...scene.client.credentials })))
    const codes = await Promise.all(times(24, () => codeFor(scene.context, scene.person, scene.client)))
    for (const code of codes) {
      answers.push(redeem(post, scene.client, code))
      if (!isOver.yes) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    answers.push(post('/o/token/', { ...old, ...scene.client.credentials }))
    await change
    const won = await assertDead(scene, await Promise.all(answers))
    issued += won
    refused += answers.length - won
  }
  t.diagnostic(`issued before the change ${issued}, refused after it ${refused}`)
  assert.ok(issued > 0 && refused > 0, 'the change never landed in the middle')
})

async function withPassword(round: number): Promise<Scene> {
  const scene = await newScene(server.context, post)
  const email = `racer-${round}@example.com`
  await registerUser(server.context, { email }, 'the-old-password')
  return { ...scene, person: await signedIn(server.context, email) }
}
