// What must hold of every answer, whatever the request was; and a server whose log is read as well.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { createLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { type FixedClock, fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { isOAuthErrorCode } from '../../packages/protocol/src/index.ts'
import { freePort } from '../support/port.ts'
import { printable, type WireAnswer, type WireRequest, write } from './wire.ts'

/** Stands for every secret that a request carries; it must come out nowhere. */
export const canary = 'canary5ecret'

export interface Target {
  readonly server: LatchkeyServer
  readonly clock: FixedClock
  readonly port: number
  readonly url: string
  /** Every path that is mounted, with its methods. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  /** What was logged since the last look. */
  takeLog(): readonly string[]
  close(): Promise<void>
}

export async function startTarget(): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  const port = await freePort()
  const clock = fixedClock(Date.UTC(2027, 0, 15, 12))
  const lines: string[] = []
  const log = createLog({ level: 'debug', format: 'json', clock, write: (line) => void lines.push(line) })
  const server = await createServer({
    development: true,
    settings: { server: { dataDir, port }, registration: { policy: 'open' } },
    deps: { clock, log },
  })
  await server.listen()
  const routes = server.app.features.flatMap((feature) => feature.routes)
  const paths = Map.groupBy(routes, (route) => route.path)
  return {
    server,
    clock,
    port,
    url: `http://localhost:${port}`,
    paths: new Map([...paths].map(([path, known]) => [path, known.map((route) => route.method)])),
    takeLog: () => lines.splice(0),
    async close() {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** How a path answers: OAuth's JSON, the profile APIs' JSON, or a page. */
export function faceOf(path: string): 'oauth' | 'django' | 'problem' | 'page' {
  if (path.startsWith('/api/')) return 'problem'
  if (/^\/users?\//.test(path)) return 'django'
  const isOAuth =
    /^\/o\/(token|introspect|revoke_token|userinfo|register|logo\/|\.well-known)|^\/(\.well-known\/o|health\/|profile\/)/
  return isOAuth.test(path) ? 'oauth' : 'page'
}

/** Sends a request to a mounted path and checks the answer. */
export async function probe(target: Target, path: string, request: WireRequest): Promise<WireAnswer> {
  const answer = await write(target.port, request)
  const said = printable(
    `${request.method} ${request.target} ${request.headers?.join(' | ') ?? ''} ${String(request.body ?? '')}`,
  )
  assertSafe(answer, said)
  if (answer.status >= 400 && request.method !== 'HEAD') assertFace(answer, faceOf(path), said)
  return answer
}

/** No failure of ours, no silence, no secret. */
export function assertSafe(answer: WireAnswer, said: string): void {
  assert.ok(answer.status >= 200 && answer.status < 500, `${answer.status} to ${said}: ${answer.body.slice(0, 300)}`)
  assert.ok(answer.milliseconds < 2_000, said)
  assert.equal(answer.body.includes(canary), false, `a secret came back in the body for ${said}`)
}

function assertFace(answer: WireAnswer, face: ReturnType<typeof faceOf>, said: string): void {
  const { headers, body } = answer
  assert.equal(headers['x-content-type-options'], 'nosniff', said)
  if (face === 'page') {
    assert.match(headers['content-type'] ?? '', /^text\/html/, said)
    assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/, said)
    return
  }
  assert.match(headers['latchkey-incident'] ?? '', /^\w{4}-\w{4}$/, said)
  assert.match(headers['cache-control'] ?? '', /no-store/, said)
  // These have pages for browsers as well.
  if ((face === 'django' || face === 'problem') && headers['content-type']?.startsWith('text/html') === true) {
    assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/, said)
    return
  }
  if (face === 'problem') {
    assert.equal(headers['content-type'], 'application/problem+json', said)
    assert.equal(JSON.parse(body).status, answer.status, said)
    return
  }
  assert.equal(headers['content-type'], 'application/json', said)
  const value = JSON.parse(body)
  if (face === 'oauth') assert.equal(isOAuthErrorCode(value.error), true, `${said}: ${body}`)
  else
    assert.ok(
      Object.values(value).every((known) => typeof known === 'string' || Array.isArray(known)),
      body,
    )
}

/** The log tells of refusals, never of secrets, and of no failure of ours. */
export function assertLog(target: Target): void {
  for (const line of target.takeLog()) {
    assert.equal(line.includes(canary), false, line)
    assert.doesNotMatch(line, /"level":"error"/, line)
  }
}
