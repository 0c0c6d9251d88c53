// Nodes and workers that leave: told to (nobody notices), or killed (only what they were at is lost).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../support/port.ts'
import { type Ask, send, startLoad, type Target } from './load.ts'
import { type Ground, ground, type ServeNode, startNode } from './nodes.ts'

const asks: readonly Ask[] = [
  {
    path: '/o/token/',
    form: { grant_type: 'client_credentials', client_id: 'web', client_secret: 'web-secret', scope: 'read' },
  },
  { path: '/o/introspect/', form: { token: 'lk_at_none', client_id: 'rs-id', client_secret: 'rs-secret' } },
  { path: '/o/.well-known/openid-configuration' },
]
const drainDelay = { LATCHKEY_DRAIN_DELAY_MS: '400' }

let place: Ground

before(async () => {
  place = await ground('sqlite')
})
after(() => place.remove())

async function until(limitMs: number, what: string, look: () => boolean): Promise<void> {
  for (let waited = 0; !look(); waited += 20) {
    assert.ok(waited < limitMs, `${what} did not happen within ${limitMs} ms`)
    await delay(20)
  }
}

/** The processes that the log names as serving, oldest first. */
function workersOf(node: ServeNode): readonly number[] {
  return [...node.log().matchAll(/"pid":(\d+),"message":"a worker serves"/g)].map(([, pid]) => Number(pid))
}

test('three nodes are restarted one after the other by SIGTERM under load: no request fails', async (t) => {
  const ports = [await freePort(), await freePort(), await freePort()]
  const nodes = await Promise.all(ports.map((port) => startNode(place, { port, environment: drainDelay })))
  const targets: Target[] = ports.map((port) => ({ port, isUp: true }))
  const load = startLoad(targets, asks, 8, true)
  try {
    for (const [index, port] of ports.entries()) {
      await delay(200)
      const answered = load.tally.answered
      assert.equal(await nodes[index]?.end('SIGTERM'), 0)
      nodes[index] = await startNode(place, { port, environment: drainDelay })
      assert.ok(load.tally.answered > answered, 'the others answer meanwhile')
    }
    await delay(200)
  } finally {
    await load.stop()
    await Promise.all(nodes.map((node) => node.end('SIGKILL')))
  }
  t.diagnostic(`answered ${load.tally.answered}, refused before sending ${load.tally.refused}`)
  assert.deepEqual(load.tally.failures, [])
  assert.ok(load.tally.answered > 300, `only ${load.tally.answered}`)
})

test('a worker that is told to end under load is replaced, and no request fails', async (t) => {
  // Longer than a client of a busy machine pauses between two requests.
  const node = await startNode(place, { workers: 2, environment: { LATCHKEY_DRAIN_DELAY_MS: '1000' } })
  const load = startLoad([{ port: node.port, isUp: true }], asks, 6, false)
  try {
    await delay(200)
    for (const pid of workersOf(node)) {
      const known = workersOf(node).length
      process.kill(pid, 'SIGTERM')
      await until(10_000, 'a new worker', () => workersOf(node).length > known)
    }
    await delay(200)
  } finally {
    await load.stop()
    await node.end('SIGTERM')
  }
  t.diagnostic(`answered ${load.tally.answered}`)
  assert.deepEqual(load.tally.failures, [])
  assert.doesNotMatch(node.log(), /"level":"error"/)
})

test('a worker that is killed under load loses only what it was at, and comes back', async (t) => {
  const clients = 6
  const node = await startNode(place, { workers: 2 })
  const load = startLoad([{ port: node.port, isUp: true }], asks, clients, false)
  try {
    await delay(200)
    const [first = 0] = workersOf(node)
    process.kill(first, 'SIGKILL')
    await until(10_000, 'a new worker', () => workersOf(node).length === 3)
    const failed = load.tally.failures.length
    await delay(500)
    assert.equal(load.tally.failures.length, failed, 'nothing fails once it is back')
  } finally {
    await load.stop()
    assert.equal(await node.end('SIGTERM'), 0)
  }
  t.diagnostic(`answered ${load.tally.answered}, failed ${load.tally.failures.length}`)
  assert.ok(load.tally.failures.length <= clients, [...load.tally.failures, node.log()].join('\n'))
  assert.ok(load.tally.answered > 100)
  assert.match(node.log(), /"how":"SIGKILL".*a worker died, and is replaced/)
})

test('when the first process is killed its workers end, and the next start finds everything', async () => {
  const node = await startNode(place, { workers: 2 })
  const pids = workersOf(node)
  assert.equal(pids.length, 2)
  assert.equal(await node.end('SIGKILL'), 'SIGKILL')
  await until(5_000, 'the end of the workers', () => pids.every((pid) => !isAlive(pid)))
  const again = await startNode(place, { workers: 2 })
  const agent = new Agent()
  for (const ask of asks) assert.equal((await send(agent, again.port, ask)).status, 200)
  assert.equal(await again.end('SIGTERM'), 0)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('workers that die at once, again and again, end the server with the reason', async () => {
  const node = await startNode(place, { workers: 2 })
  const ended = once(node.process, 'exit')
  const key = path.join(place.dataDir, 'master.key')
  await rename(key, `${key}.away`)
  try {
    for (const pid of workersOf(node)) process.kill(pid, 'SIGKILL')
    const [code] = await ended
    assert.equal(code, 3, node.log())
    assert.match(node.log(), /master\.key is missing[^]*workers die as soon as they are started/)
  } finally {
    await rename(`${key}.away`, key)
  }
})

test('while it drains readiness says 503, liveness 200, and every answer ends its connection; what is under way is finished', async () => {
  const node = await startNode(place, { environment: { LATCHKEY_DRAIN_DELAY_MS: '1000' } })
  const serving = await fetch(`${node.url}/health/ready`)
  assert.deepEqual([serving.status, serving.headers.get('connection')], [200, 'keep-alive'])
  // A request whose body comes later than the order to stop.
  const slow = connect(node.port, '127.0.0.1')
  const body = 'token=lk_at_none&client_id=rs-id&client_secret=rs-secret'
  slow.write(`POST /o/introspect/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n`)
  slow.write(`content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
  await delay(50)
  const ended = node.end('SIGTERM')
  await delay(200)
  const ready = await fetch(`${node.url}/health/ready`)
  assert.equal(ready.status, 503)
  assert.equal(ready.headers.get('connection'), 'close')
  assert.deepEqual(await ready.json(), { status: 'not-ready', reason: 'draining' })
  assert.equal((await fetch(`${node.url}/health/live`)).status, 200)
  await delay(1_200)
  await assert.rejects(fetch(`${node.url}/health/live`))
  slow.write(body.slice(10))
  let answer = ''
  slow.setEncoding('utf8').on('data', (part: string) => {
    answer += part
  })
  await once(slow, 'close')
  assert.match(answer, /^HTTP\/1\.1 200 [^]*connection: close[^]*"active":false/i)
  assert.equal(await ended, 0)
})

test('a request that never ends is cut at the deadline, and the node ends all the same', async () => {
  const environment = { LATCHKEY_DRAIN_DELAY_MS: '0', LATCHKEY_SHUTDOWN_DEADLINE_MS: '300' }
  const node = await startNode(place, { environment })
  const slow = connect(node.port, '127.0.0.1')
  slow.on('error', () => undefined)
  slow.write('POST /o/introspect/ HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n')
  await delay(50)
  const start = performance.now()
  assert.equal(await node.end('SIGTERM'), 0)
  assert.ok(performance.now() - start < 3_000)
})
