// A pooler in transaction mode, as PgBouncer 1.21 and later are one with `max_prepared_statements`: each transaction may run on
// another connection to the server; statements are known by their text, and prepared wherever they are missing.
// Messages: postgresql.org/docs/current/protocol-message-formats.html
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Client } from 'pg'
import { type Message, MessageReader, message, type Prepared, prepareMessage, texts } from './pooler-messages.ts'

export interface Pooler {
  /** As its clients open it. */
  readonly url: string
  /** How often a client got another connection to the server than the time before. */
  switches(): number
  close(): Promise<void>
}

/** What comes back for a message that was sent on, or stands for one that was not. */
type Slot =
  | { readonly answer: Buffer }
  | { readonly until: string; readonly isHidden: boolean; readonly prepares?: string }

interface Server {
  readonly socket: Socket
  readonly prepared: Set<string>
  slots: Slot[]
  client: PooledClient | undefined
}

class PooledClient {
  readonly socket: Socket
  readonly statements: Map<string, Prepared> = new Map()
  /** Messages up to a Sync, each list one transaction. */
  readonly batches: Message[][] = []
  server: Server | undefined
  last: Server | undefined
  #open: Message[] = []

  constructor(socket: Socket) {
    this.socket = socket
  }

  take(one: Message): void {
    this.#open.push(one)
    if (one.type !== 'S' && one.type !== 'Q') return
    this.batches.push(this.#open)
    this.#open = []
  }
}

function keyOf({ query }: Prepared): string {
  return `pooled_${createHash('sha256').update(query).digest('hex').slice(0, 20)}`
}

/** The connections to the server, and the clients that share them. */
class Pool {
  readonly sockets: Set<Socket> = new Set()
  switches = 0
  isClosed = false
  readonly #target: string
  readonly #idle: Server[] = []
  readonly #waiting: PooledClient[] = []

  constructor(target: string) {
    this.#target = target
  }

  async addServer(): Promise<void> {
    const socket = await connectTo(this.#target)
    this.sockets.add(socket)
    const server: Server = { socket, prepared: new Set(), slots: [], client: undefined }
    const reader = new MessageReader((one) => this.#answered(server, one))
    socket.on('data', (said: Buffer) => reader.push(said))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.sockets.delete(socket)
      server.client?.socket.destroy()
      if (this.#idle.includes(server)) this.#idle.splice(this.#idle.indexOf(server), 1)
      if (!this.isClosed) this.addServer().catch(() => undefined)
    })
    this.#release(server)
  }

  accept(socket: Socket): void {
    this.sockets.add(socket)
    const client = new PooledClient(socket)
    const reader = new MessageReader((one) => {
      if (one.type === 'X') return void socket.end()
      client.take(one)
      this.#serve(client)
    })
    greet(socket, (rest) => {
      socket.on('data', (said: Buffer) => reader.push(said))
      reader.push(rest)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.sockets.delete(socket)
      if (this.#waiting.includes(client)) this.#waiting.splice(this.#waiting.indexOf(client), 1)
      client.server?.socket.destroy()
    })
  }

  #release(server: Server): void {
    server.client = undefined
    this.#idle.push(server)
    const next = this.#waiting.shift()
    if (next !== undefined) this.#serve(next)
  }

  /** On another connection than the last time, where there is one. */
  #serve(client: PooledClient): void {
    if (client.server !== undefined || client.batches.length === 0) return
    const other = this.#idle.findIndex((one) => one !== client.last)
    const [server] = this.#idle.splice(Math.max(0, other), 1)
    if (server === undefined) {
      if (!this.#waiting.includes(client)) this.#waiting.push(client)
      return
    }
    if (client.last !== undefined && client.last !== server) this.switches += 1
    client.server = server
    client.last = server
    server.client = client
    send(client, server)
  }

  #answered(server: Server, one: Message): void {
    const { client } = server
    // Notices and settings are nobody's.
    if (client === undefined || one.type === 'N' || one.type === 'S') return
    tellStandIns(server, client)
    const slot = server.slots[0]
    const awaited = slot !== undefined && 'until' in slot ? slot : undefined
    // After an error the server skips everything up to the Sync.
    if (one.type === 'E') server.slots = server.slots.filter((left) => 'until' in left && left.until === 'Z')
    if (one.type === 'E' || awaited?.isHidden !== true) client.socket.write(one.bytes)
    if (awaited?.until.includes(one.type)) {
      if (awaited.prepares !== undefined) server.prepared.add(awaited.prepares)
      server.slots.shift()
    }
    tellStandIns(server, client)
    if (one.type === 'Z') this.#ready(server, client, one.body.toString())
  }

  /** Outside of a transaction the connection is anybody's. */
  #ready(server: Server, client: PooledClient, status: string): void {
    if (status === 'I') {
      client.server = undefined
      this.#release(server)
      this.#serve(client)
    } else if (client.batches.length > 0) send(client, server)
  }
}

function send(client: PooledClient, server: Server): void {
  const translation = new Translation(client, server)
  for (const one of client.batches.shift() ?? []) translation.add(one)
  server.slots = translation.slots
  server.socket.write(Buffer.concat(translation.sent))
}

/** @param servers how many connections to the server all clients share */
export async function transactionPooler(target: string, servers: number): Promise<Pooler> {
  const pool = new Pool(target)
  const listener = createServer({ noDelay: true }, (socket) => pool.accept(socket)).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  for (let n = 0; n < servers; n += 1) await pool.addServer()
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  return {
    url: url.href,
    switches: () => pool.switches,
    async close() {
      pool.isClosed = true
      for (const socket of pool.sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}

function tellStandIns(server: Server, client: PooledClient): void {
  for (let [slot] = server.slots; slot !== undefined && 'answer' in slot; [slot] = server.slots) {
    client.socket.write(slot.answer)
    server.slots.shift()
  }
}

/** What the server is sent for the messages of a client, and what will come back for each. */
class Translation {
  readonly slots: Slot[] = []
  readonly sent: Buffer[] = []
  readonly #client: PooledClient
  readonly #announced: Set<string>

  constructor(client: PooledClient, server: Server) {
    this.#client = client
    this.#announced = new Set(server.prepared)
  }

  add(one: Message): void {
    const [first = '', second = ''] = texts(one)
    switch (one.type) {
      case 'P':
        if (first === '') this.#forward(one.bytes, '1')
        else {
          const statement = { query: second, rest: one.body.subarray(lengthOf(first, second)) }
          this.#client.statements.set(first, statement)
          this.#prepare(statement, false)
        }
        return
      case 'B': {
        const rest = one.body.subarray(lengthOf(first, second))
        const key = second === '' ? '' : this.#keyFor(second)
        return this.#forward(message('B', Buffer.concat([Buffer.from(`${first}\0${key}\0`), rest])), '2')
      }
      case 'D':
        if (first.length === 1) return this.#forward(one.bytes, 'Tn')
        return this.#forward(message('D', Buffer.from(`S${this.#keyFor(first.slice(1))}\0`)), 'Tn')
      case 'C':
        this.#client.statements.delete(first.slice(1))
        this.slots.push({ answer: message('3', Buffer.alloc(0)) })
        return
      case 'E':
        return this.#forward(one.bytes, 'CIs')
      default:
        return this.#forward(one.bytes, 'Z')
    }
  }

  #forward(bytes: Buffer, until: string): void {
    this.sent.push(bytes)
    this.slots.push({ until, isHidden: false })
  }

  /** @param isHidden the client prepared it another time, and expects no answer now */
  #prepare(statement: Prepared, isHidden: boolean): string {
    const key = keyOf(statement)
    if (!this.#announced.has(key)) {
      this.sent.push(prepareMessage(key, statement))
      this.slots.push({ until: '1', isHidden, prepares: key })
    } else if (!isHidden) this.slots.push({ answer: message('1', Buffer.alloc(0)) })
    this.#announced.add(key)
    return key
  }

  #keyFor(name: string): string {
    const statement = this.#client.statements.get(name)
    if (statement === undefined) throw new Error(`The client never prepared ${name}.`)
    return this.#prepare(statement, true)
  }
}

function lengthOf(...given: readonly string[]): number {
  return given.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0)
}

const sslRequest = 80_877_103

/** Lets a client in that asks for no settings: a pooler could not keep them. */
function greet(socket: Socket, begin: (rest: Buffer) => void): void {
  let said = Buffer.alloc(0)
  const listen = (part: Buffer): void => {
    said = Buffer.concat([said, part])
    if (said.length < 8 || said.length < said.readInt32BE(0)) return
    const length = said.readInt32BE(0)
    if (said.readInt32BE(4) === sslRequest) {
      said = said.subarray(length)
      return void socket.write('N')
    }
    socket.off('data', listen)
    if (said.subarray(0, length).includes('statement_timeout')) {
      const fault = 'SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0'
      return void socket.end(message('E', Buffer.from(fault)))
    }
    socket.write(message('R', Buffer.alloc(4)))
    socket.write(message('Z', Buffer.from('I')))
    begin(said.subarray(length))
  }
  socket.on('data', listen)
}

/** The socket of a connection that `pg` has opened and authenticated, without `pg`. */
async function connectTo(target: string): Promise<Socket> {
  const client = new Client({ connectionString: target })
  client.on('error', () => undefined)
  await client.connect()
  const { stream } = client.connection
  stream.removeAllListeners()
  return stream as Socket
}
