// A TCP proxy that cuts a connection at a chosen moment, for tests that ask what is told when an answer is lost.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * replies: what the client says next arrives, the answer does not. requests: it does not arrive. late: it arrives when the
 * client has long seen its connection end. Then the connection is cut.
 */
export type Cut = 'replies' | 'requests' | 'late'

export interface CuttingProxy {
  readonly port: number
  /** Cuts the next connection on which the client says something that holds this text. */
  cut(how: Cut, saying: string): void
  /** How many cuts were made. */
  cuts(): number
  close(): Promise<void>
}

const processingMs = 150
const lateMs = 400

export async function cuttingProxy(target: { readonly host: string; readonly port: number }): Promise<CuttingProxy> {
  let armed: { readonly how: Cut; readonly saying: string } | undefined
  let cuts = 0
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(target.port, target.host)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    let how: Cut | undefined
    client.on('data', (said) => {
      if (how !== undefined) return
      if (armed === undefined || !said.includes(armed.saying)) return void server.write(said)
      how = armed.how
      armed = undefined
      cuts += 1
      if (how !== 'requests') setTimeout(() => server.write(said), how === 'late' ? lateMs : 0)
      setTimeout(() => client.destroy(), how === 'replies' ? processingMs : 0)
      setTimeout(() => server.destroy(), lateMs + processingMs)
    })
    server.on('data', (said) => {
      if (how === undefined) client.write(said)
    })
    client.on('close', () => how ?? server.destroy())
    server.on('close', () => how ?? client.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  return {
    port: address.port,
    cut: (how, saying) => {
      armed = { how, saying }
    },
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
