// Measures the two envelopes of platform/crypto and what they are made of: microseconds per call, the best of several rounds.
// Run: ./node_modules/.bin/node bench/seal.ts

import { createHmac, createSecretKey } from 'node:crypto'
import {
  KeyRing,
  PayloadReader,
  PayloadWriter,
  parseMasterKey,
  Sealer,
  sha256,
  systemRandom,
} from '../packages/authorization-server/src/platform/crypto/index.ts'

const rounds = 7
const callsPerRound = 40_000

function measure(name: string, call: () => unknown): void {
  for (let index = 0; index < callsPerRound; index += 1) call()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint()
    for (let index = 0; index < callsPerRound; index += 1) call()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / callsPerRound)
  }
  console.log(`${name.padEnd(44)} ${best.toFixed(2).padStart(6)} µs`)
}

const master = parseMasterKey(Buffer.from(systemRandom.bytes(32)).toString('hex'))
const ring = new KeyRing(master, [{ id: 1, salt: systemRandom.bytes(16), createdAt: 0 }])
const sealer = new Sealer(ring, systemRandom)
const purpose = { name: 'measured', prefix: 'lk_xx_' }

for (const length of [60, 100]) {
  const payload = systemRandom.bytes(length)
  const tagged = sealer.tag(purpose, payload)
  const sealed = sealer.seal(purpose, payload)
  const forged = tagged.slice(0, -4) + (tagged.endsWith('AAAA') ? 'BBBA' : 'AAAA')
  const forgedSeal = sealed.slice(0, -4) + (sealed.endsWith('AAAA') ? 'BBBA' : 'AAAA')
  console.log(`\npayload of ${length} bytes, ${tagged.length} characters tagged, ${sealed.length} sealed`)
  measure('tag', () => sealer.tag(purpose, payload))
  measure('untag', () => sealer.untag(purpose, tagged))
  measure('untag, forged', () => sealer.untag(purpose, forged))
  measure('untag, another prefix', () => sealer.untag(purpose, `xx${tagged}`))
  measure('seal', () => sealer.seal(purpose, payload))
  measure('open', () => sealer.open(purpose, sealed))
  measure('open, forged', () => sealer.open(purpose, forgedSeal))
  const key = createSecretKey(systemRandom.bytes(32))
  measure('for comparison: createHmac alone', () => createHmac('sha256', key).update(payload).digest())
}

console.log('\nparts')
const written = (): Uint8Array =>
  new PayloadWriter()
    .u8(1)
    .bytes(id)
    .bytes(id)
    .u32(7)
    .u32(9)
    .instant(1_800_000_000_000)
    .instant(1_800_000_300_000)
    .finish()
const id = systemRandom.bytes(16)
const payload = written()
measure(`write a payload of ${payload.length} bytes`, written)
measure('read it', () => {
  const reader = new PayloadReader(payload)
  reader.u8()
  reader.bytes(16)
  reader.bytes(16)
  reader.u32()
  reader.u32()
  reader.instant()
  reader.instant()
  reader.finish()
})
measure('sha256 of 100 bytes', () => sha256(payload))
measure('16 random bytes', () => systemRandom.bytes(16))
