// A whole server in a process of its own, to be killed: `server-child.ts <data dir> <port> [<database address>]`. It loads its code
// at once and opens the database when its parent says so, tells when it listens, and serves until it dies.
import { once } from 'node:events'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'

const [dataDir = '', port = '0', databaseUrl] = process.argv.slice(2)
process.once('disconnect', () => process.exit())
await once(process, 'message')
const place = databaseUrl === undefined ? {} : { databaseUrl }
const server = await createServer({
  settings: { server: { dataDir, port: Number(port), ...place } },
  // A failed disk ends the process at once: nothing may be acknowledged after it.
  deps: { log: silentLog, onFatal: () => process.exit(9) },
})
await server.listen()
process.send?.('listening')
