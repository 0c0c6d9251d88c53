// The floor servers, one process: what the same bytes cost with nothing but the unavoidable work behind them. Which bytes, the
// measurement says by message. Started by floor.ts.
import { argon2, createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  KeyRing,
  parseMasterKey,
  type Purpose,
  Sealer,
  systemRandom,
} from '../../packages/authorization-server/src/platform/crypto/index.ts'
import {
  type Database,
  openPostgres,
  openSqlite,
  raw,
  sql,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type FloorKind, type FloorReply, floorKinds } from './floor.ts'

const [place = ''] = process.argv.slice(2)
const database: Database = place.startsWith('postgres:')
  ? await openPostgres({ url: place })
  : await openSqlite({ file: place })

const rows = 1_024
const type = database.engine === 'sqlite' ? 'integer' : 'bigint'
await database.commit([unguarded(raw(`create table floor (id text primary key, generation ${type} not null)`))])
const rowNames = Array.from({ length: rows }, (_, index) => `a-row-of-the-floor-${index}`)
await database.commit(rowNames.map((id) => unguarded(sql`insert into floor (id, generation) values (${id}, 0)`)))

const ring = new KeyRing(parseMasterKey(Buffer.from(systemRandom.bytes(32)).toString('hex')), [
  { id: 1, salt: systemRandom.bytes(16), createdAt: 0 },
])
const sealer = new Sealer(ring, systemRandom)
const purpose: Purpose = { name: 'floor', prefix: 'lk_at_' }
const tokenPayload = systemRandom.bytes(60)
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signingKey = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const salt = systemRandom.bytes(16)
let next = 0

function digestAndSeal(body: Buffer): undefined {
  createHash('sha256').update(body).digest()
  sealer.tag(purpose, tokenPayload)
}

async function oneRow(): Promise<void> {
  next += 1
  const id = rowNames[next % rows] ?? ''
  await database.commit([unguarded(sql`update floor set generation = generation + 1 where id = ${id}`, id)])
}

function oneSignature(): undefined {
  sign('sha256', tokenPayload, { key: signingKey, dsaEncoding: 'ieee-p1363' })
}

/** The parameters of the server's default. */
function oneHash(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const parameters = { message: 'a password', nonce: salt, parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }
  argon2('argon2id', parameters, (error) => (error === null ? resolve() : reject(error)))
  return promise
}

const work: Readonly<Record<FloorKind, (body: Buffer) => Promise<void> | undefined>> = {
  a: () => undefined,
  b: digestAndSeal,
  c: (body) => {
    digestAndSeal(body)
    return oneRow()
  },
  d: oneSignature,
  'c+d': (body) => {
    digestAndSeal(body)
    return oneRow().then(oneSignature)
  },
  hash: oneHash,
}

let reply = { status: 200, headers: ['content-length', '0'], body: '' }
process.on('message', (message: FloorReply) => {
  reply = { ...message, headers: [...message.headers] }
  process.send?.('set')
})

function answer(response: ServerResponse): void {
  response.writeHead(reply.status, reply.headers)
  // As text: Node then writes head and body in one piece.
  response.end(reply.body, 'latin1')
}

function serve(kind: FloorKind): Server {
  return createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts)
      const done = work[kind](body)
      if (done === undefined) return answer(response)
      done.then(
        () => answer(response),
        () => response.writeHead(503).end(),
      )
    })
  })
}

const ports: Partial<Record<FloorKind, number>> = {}
for (const kind of floorKinds) {
  const server = serve(kind).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address !== null && typeof address === 'object') ports[kind] = address.port
}
process.send?.({ ports })
process.once('disconnect', () => process.exit(0))
