// The hashing process: computes Argon2 for its parent at a lower priority, so that on a busy machine everything else is
// answered first. It holds nothing, and ends when its parent does or lets it go.
import { setPriority } from 'node:os'
import { computeArgon2 } from './argon2.ts'
import type { HashAnswer, HashRequest } from './hash-messages.ts'

// A tenth of the processor is left to it when the rest is wanted. Before the first hash: the threads of the pool take over
// the priority of the thread that makes them.
const niceness = 10

lowerPriority()
process.on('message', (request: HashRequest) => void answer(request))
process.on('disconnect', () => process.exit())
// A terminal and a service manager signal the whole group; the parent may still want hashes while it finishes requests.
process.on('SIGINT', stay)
process.on('SIGTERM', stay)

function stay(): void {
  if (!process.connected) process.exit()
}

/** Where the system refuses, hashing only competes as before. */
function lowerPriority(): void {
  try {
    setPriority(niceness)
  } catch {
    return
  }
}

async function answer({ id, password, parameters }: HashRequest): Promise<void> {
  try {
    tell({ id, kind: 'hash', hash: await computeArgon2(password, parameters) })
  } catch (error) {
    tell({ id, kind: 'failed', reason: error instanceof Error ? error.message : 'no reason' })
  }
}

function tell(message: HashAnswer): void {
  if (process.connected) process.send?.(message)
}
