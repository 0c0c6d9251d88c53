// A process that fills a database from a backup and stops in the middle, to be killed there.
import { systemClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { transferTools } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'

const [engine, address = '', file = ''] = process.argv.slice(2)
const tools = await transferTools()
const backup = await tools.openBackup(file, () => true)
const target = await tools.openTarget(
  engine === 'postgres' ? { engine: 'postgres', url: address } : { engine: 'sqlite', file: address },
)
const slow = {
  contents: backup.contents,
  rows: backup.rows,
  finish: async () => {
    process.stdout.write('all rows are in\n')
    // Kept alive until it is killed.
    await new Promise(() => setInterval(() => {}, 1_000))
  },
}
await tools.transfer(slow, target, { migrations, clock: systemClock, progress: () => {} })
