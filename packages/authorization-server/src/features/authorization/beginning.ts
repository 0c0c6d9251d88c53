// Remembers, across sign-in, when a request began and which it was. The path to come back to carries both under a tag:
// changing a parameter on the way, or keeping an old tag, makes the request begin anew.
import { PayloadWriter, type Purpose, readPayload, type Sealer, sha256 } from '../../platform/crypto/index.ts'
import { Parameters } from '../../platform/http/index.ts'
import type { Instant } from '../../platform/time/index.ts'

const parameter = 'latchkey_request'
const purpose: Purpose = { name: 'authorization request', prefix: '' }
const digestLength = 16

/** The request without our own parameter, and when it began. */
export function beginningOf(
  sealer: Sealer,
  sent: Parameters,
  now: Instant,
): { readonly parameters: Parameters; readonly startedAt: Instant } {
  const pairs = sent.names().flatMap((name) => sent.all(name).map((value): [string, string] => [name, value]))
  const parameters = new Parameters(pairs.filter(([name]) => name !== parameter))
  const tag = sent.get(parameter)
  const payload = tag === undefined ? undefined : sealer.untag(purpose, tag)
  const known = payload && readPayload(payload, (r) => ({ startedAt: r.instant(), digest: r.bytes(digestLength) }))
  const same = known !== undefined && Buffer.compare(known.digest, digestOf(parameters)) === 0
  return { parameters, startedAt: same ? known.startedAt : now }
}

/** Where to come back to. */
export function returnPath(sealer: Sealer, parameters: Parameters, startedAt: Instant): string {
  const tag = sealer.tag(purpose, new PayloadWriter().instant(startedAt).bytes(digestOf(parameters)).finish())
  return `/o/authorize/?${encode(parameters)}&${parameter}=${tag}`
}

function digestOf(parameters: Parameters): Uint8Array {
  return sha256(encode(parameters)).subarray(0, digestLength)
}

function encode(parameters: Parameters): string {
  const pairs = parameters.names().flatMap((name) => parameters.all(name).map((value) => [name, value]))
  return new URLSearchParams(pairs).toString()
}
