// Measures what the guard of @latchkey/resource-server costs with a warm cache: microseconds a request, and how much of an
// unguarded route's throughput per processor is left. Run: ./node_modules/.bin/node bench/guard.ts

import { once } from 'node:events'
import { Agent, createServer, get, type RequestListener } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import express from 'express'
import { fastify } from 'fastify'
import { expressGuard } from '../packages/resource-server/src/adapters/express.ts'
import { fastifyGuard } from '../packages/resource-server/src/adapters/fastify.ts'
import { type Decision, protect } from '../packages/resource-server/src/index.ts'
import { memoryUsers } from '../packages/resource-server/src/stores/memory.ts'
import { createTestIssuer } from '../packages/resource-server/src/testing/index.ts'

const rounds = 7
const callsPerRound = 20_000
const requestsPerRound = 4_000
const parallel = 16

async function measure(name: string, call: () => unknown): Promise<void> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint()
    for (let index = 0; index < callsPerRound; index += 1) await call()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / callsPerRound)
  }
  console.log(`${name.padEnd(44)} ${best.toFixed(2).padStart(7)} µs`)
}

const idp = await createTestIssuer()
const options = { ...idp.options, scopes: ['items:read', 'items:write'] } as const
const api = protect(options)
const withUsers = protect({ ...options, users: memoryUsers() })
const jwt = `Bearer ${await idp.token({ scopes: ['items:read'] })}`
const opaque = `Bearer ${idp.opaque({ scopes: ['items:read'] })}`
const rule = api.requires('items:read')

function request(authorization: string) {
  return { method: 'GET', url: '/items', header: () => authorization, params: {} }
}

async function measureGuard(): Promise<void> {
  console.log('guard with a warm cache')
  await measure(`opaque token (${opaque.length - 7} characters)`, () => api.check(request(opaque), rule))
  await measure(`JWT (${jwt.length - 7} characters)`, () => api.check(request(jwt), rule))
  await measure('opaque token and local user', () => withUsers.check(request(opaque), rule))
  await measure('opaque token, read/write by method', () => api.check(request(opaque), api.readWrite('items')))
}

const plain: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"hello":"world"}')
}
const guarded: RequestListener = (incoming, response) => {
  const header = (name: string) => (name === 'authorization' ? incoming.headers.authorization : undefined)
  const apply = (decision: Decision): void => {
    if (decision.allowed) return plain(incoming, response)
    response.writeHead(decision.status, decision.headers).end(decision.body)
  }
  const decision = api.check({ method: incoming.method ?? 'GET', url: incoming.url ?? '/', header, params: {} }, rule)
  if (decision instanceof Promise) void decision.then(apply)
  else apply(decision)
}

/** The same route in each framework, once open and once behind its adapter. */
async function frameworkPorts(name: 'Express 5' | 'Fastify 5', isGuarded: boolean): Promise<number> {
  if (name === 'Express 5') {
    const app = express()
    const handler: express.RequestHandler = (_request, response) => void response.json({ hello: 'world' })
    if (isGuarded) app.get('/', expressGuard(api)('items:read'), handler)
    else app.get('/', handler)
    return portOf(app)
  }
  const app = fastify()
  app.get('/', isGuarded ? fastifyGuard(api)('items:read') : {}, () => ({ hello: 'world' }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.unref()
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function portOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The client, on a thread of its own, so that only the server's work is counted. */
function client(): void {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  const fetchOnce = async (port: number, authorization: string): Promise<void> => {
    const [response] = await once(get({ port, host: '127.0.0.1', agent, headers: { authorization } }), 'response')
    if (response.statusCode !== 200) throw new Error(`The route answered ${response.statusCode}.`)
    response.resume()
    await once(response, 'end')
  }
  const serve = async ({ port, authorization }: { readonly port: number; readonly authorization: string }) => {
    const loop = async (): Promise<void> => {
      for (let index = 0; index < requestsPerRound / parallel; index += 1) await fetchOnce(port, authorization)
    }
    await Promise.all(Array.from({ length: parallel }, loop))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage('done')
  }
  parentPort?.on('message', (wanted) => void serve(wanted))
}

/** Microseconds of this thread's processor time for one request: another process on the machine does not count. */
async function costOf(worker: Worker, port: number, authorization: string): Promise<number> {
  const before = process.threadCpuUsage()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage({ port, authorization })
  await once(worker, 'message')
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / requestsPerRound
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function measureRoute(worker: Worker, name: string, open: number, shut: number): Promise<void> {
  const costs: { readonly open: number[]; readonly shut: number[] } = { open: [], shut: [] }
  // In turns, so that what else the machine does falls on both alike; the first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await costOf(worker, open, opaque), await costOf(worker, shut, opaque)] as const
    if (round > 0) costs.open.push(pair[0])
    if (round > 0) costs.shut.push(pair[1])
  }
  const [without, behind] = [median(costs.open), median(costs.shut)]
  const [open1, shut1, cost] = [without, behind, behind - without].map((value) => value.toFixed(1).padStart(6))
  const ratio = (without / behind).toFixed(3)
  console.log(`${name.padEnd(12)} unguarded ${open1} µs, guarded ${shut1} µs, cost ${cost} µs, ratio ${ratio}`)
}

if (isMainThread) {
  await measureGuard()
  console.log('\na route over HTTP, processor time of the server for a request, median of the rounds')
  const worker = new Worker(new URL(import.meta.url))
  await measureRoute(worker, 'node:http', await portOf(plain), await portOf(guarded))
  for (const name of ['Fastify 5', 'Express 5'] as const) {
    await measureRoute(worker, name, await frameworkPorts(name, false), await frameworkPorts(name, true))
  }
  await worker.terminate()
} else client()
