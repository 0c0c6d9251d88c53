import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what systems give to outgoing connections, which could otherwise take the port of a server that starts again. */
const FIRST = 10_000
const LAST = 32_767
const TRIES = 50

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST + 1)
    if (await isFree(port)) return port
  }
  throw new Error('No port could be had.')
}

async function isFree(port: number): Promise<boolean> {
  const socket = createServer().listen(port, '127.0.0.1')
  try {
    await once(socket, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false
    throw error
  }
  socket.close()
  await once(socket, 'close')
  return true
}
