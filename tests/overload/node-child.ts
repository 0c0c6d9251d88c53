// One node in a process of its own: `node-child.ts <settings as JSON>`. It says "listening" and serves until its parent goes.
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'

process.once('disconnect', () => process.exit())
const settings: unknown = JSON.parse(process.argv[2] ?? '{}')
const server = await createServer({
  development: true,
  settings: settings as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  deps: { log: silentLog },
})
await server.listen()
process.send?.('listening')
