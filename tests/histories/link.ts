// The way from a node to its database, as a TCP proxy that can be cut, or held so that what was said arrives late.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Link {
  readonly port: number
  /** Ends every connection and takes no new one. */
  sever(): void
  /** Nothing arrives any more, in either direction, and nobody is told. */
  hold(): void
  /** New connections are taken again, and what was held goes on. */
  heal(): void
  close(): Promise<void>
}

export async function link(target: { readonly host: string; readonly port: number }): Promise<Link> {
  const sockets = new Set<Socket>()
  let way: 'open' | 'held' | 'severed' = 'open'

  function join(from: Socket, to: Socket): void {
    sockets.add(from)
    from.on('data', (said) => to.write(said))
    from.on('error', () => from.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (way === 'held') from.pause()
  }

  const proxy = createServer((client) => {
    if (way === 'severed') return void client.destroy()
    const server = connect(target.port, target.host)
    join(client, server)
    join(server, client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  return {
    port: address.port,
    sever() {
      way = 'severed'
      for (const socket of sockets) socket.destroy()
    },
    hold() {
      way = 'held'
      for (const socket of sockets) socket.pause()
    },
    heal() {
      way = 'open'
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
