import assert from 'node:assert/strict'
import { getPriority } from 'node:os'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { computeArgon2 } from './argon2.ts'
import { createPasswordHasher, HasherBusy, HashProcess, systemRandom } from './index.ts'

const parameters = {
  variant: 'argon2id',
  memoryKib: 64,
  passes: 1,
  parallelism: 1,
  salt: Buffer.alloc(16, 7),
  hashLength: 32,
} as const
const slow = { ...parameters, memoryKib: 65_536, passes: 20 }

const hashing = new HashProcess({ threads: 2 })
after(() => hashing.close())

test('there is no hashing process before the first hash, and what it computes is what is computed here', async () => {
  assert.equal(hashing.pid, undefined)
  for (const password of ['testpass123', '', 'pässwörd–✓', 'a\u0000b']) {
    assert.deepEqual(
      Buffer.from(await hashing.compute(password, parameters)),
      Buffer.from(await computeArgon2(password, parameters)),
    )
  }
  const pepper = Buffer.alloc(32, 3)
  assert.deepEqual(
    Buffer.from(await hashing.compute('a', { ...parameters, pepper })),
    Buffer.from(await computeArgon2('a', { ...parameters, pepper })),
  )
  assert.ok(hashing.pid !== undefined && hashing.pid !== process.pid)
})

test('it runs at a lower priority than the server', () => {
  assert.ok(getPriority(hashing.pid ?? 0) > getPriority())
})

test('figures that cannot be computed fail alone', async () => {
  const impossible = hashing.compute('a', { ...parameters, memoryKib: 1 })
  const good = hashing.compute('a', parameters)
  await assert.rejects(impossible, /could not be hashed/)
  assert.equal((await good).length, 32)
})

test('a hashing process that is killed fails what it had as busy, and the next hash makes another', async () => {
  const reports: string[] = []
  const mortal = new HashProcess({ threads: 1, report: (reason) => reports.push(reason) })
  await mortal.compute('a', parameters)
  const first = mortal.pid ?? 0
  const lost = mortal.compute('a', slow)
  process.kill(first, 'SIGKILL')
  await assert.rejects(lost, HasherBusy)
  assert.equal(reports.length, 1)
  assert.equal((await mortal.compute('a', parameters)).length, 32)
  assert.notEqual(mortal.pid, first)
  mortal.close()
})

test('an idle hashing process is let go with its memory, and comes again when it is wanted', async () => {
  const brief = new HashProcess({ threads: 1, idleMs: 20 })
  await brief.compute('a', parameters)
  const first = brief.pid ?? 0
  await until(() => brief.pid === undefined)
  await until(() => !isAlive(first))
  assert.equal((await brief.compute('a', parameters)).length, 32)
  brief.close()
})

test('a hasher over it gives and checks the same hashes', async () => {
  const bound = { random: systemRandom, memoryKib: 64, passes: 1, maxConcurrent: 2, maxQueued: 50, deadlineMs: 5_000 }
  const over = createPasswordHasher({ ...bound, compute: hashing.compute })
  const here = createPasswordHasher(bound)
  assert.equal(await here.verify(await over.hash('testpass123'), 'testpass123'), true)
  assert.equal(await over.verify(await here.hash('testpass123'), 'testpass123'), true)
  assert.equal(await over.verify(await here.hash('testpass123'), 'testpass124'), false)
  assert.equal(await over.verifyDecoy('testpass123'), false)
})

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !holds(); await wait(10)) assert.ok(Date.now() < deadline, 'in time')
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
