// Remembers, across sign-in, when a request began, which it was, and with which account the person went on. The path to come
// back to carries all three under a tag: changing a parameter on the way, or keeping an old tag, makes the request begin anew.
import { PayloadWriter, type Purpose, readPayload, type Sealer, sha256 } from '../../platform/crypto/index.ts'
import { Parameters } from '../../platform/http/index.ts'
import type { Instant } from '../../platform/time/index.ts'

const parameter = 'latchkey_request'
const purpose: Purpose = { name: 'authorization request', prefix: '' }
const digestLength = 16
const nobody = new Uint8Array(digestLength)

export interface Beginning {
  readonly startedAt: Instant
  /** The digest of the session in which the person chose to go on. */
  readonly chosen: Uint8Array | undefined
}

/** The request without our own parameter, and how it began: now, unless its tag says otherwise. */
export function beginningOf(
  sealer: Sealer,
  sent: Parameters,
  now: Instant,
): { readonly parameters: Parameters; readonly beginning: Beginning; readonly isTagged: boolean } {
  if (!sent.has(parameter)) {
    return { parameters: sent, beginning: { startedAt: now, chosen: undefined }, isTagged: false }
  }
  const pairs = sent.names().flatMap((name) => sent.all(name).map((value): [string, string] => [name, value]))
  const parameters = new Parameters(pairs.filter(([name]) => name !== parameter))
  const tag = sent.get(parameter)
  const payload = tag === undefined ? undefined : sealer.untag(purpose, tag)
  const known =
    payload &&
    readPayload(payload, (reader) => ({
      startedAt: reader.instant(),
      digest: reader.bytes(digestLength),
      chosen: reader.bytes(digestLength),
    }))
  if (known === undefined || Buffer.compare(known.digest, digestOf(parameters)) !== 0) {
    return { parameters, beginning: { startedAt: now, chosen: undefined }, isTagged: false }
  }
  const chosen = Buffer.compare(known.chosen, nobody) === 0 ? undefined : known.chosen
  return { parameters, beginning: { startedAt: known.startedAt, chosen }, isTagged: true }
}

/** Where to come back to. */
export function returnPath(sealer: Sealer, parameters: Parameters, { startedAt, chosen }: Beginning): string {
  const payload = new PayloadWriter()
    .instant(startedAt)
    .bytes(digestOf(parameters))
    .bytes(chosen ?? nobody)
  return `/o/authorize/?${encode(parameters)}&${parameter}=${sealer.tag(purpose, payload.finish())}`
}

/** Going on with the account of this session; another session of the same person asks again. */
export function choiceOf(sessionId: string): Uint8Array {
  return sha256(`chosen ${sessionId}`).subarray(0, digestLength)
}

export function isChoice({ chosen }: Beginning, sessionId: string): boolean {
  return chosen !== undefined && Buffer.compare(chosen, choiceOf(sessionId)) === 0
}

function digestOf(parameters: Parameters): Uint8Array {
  return sha256(encode(parameters)).subarray(0, digestLength)
}

function encode(parameters: Parameters): string {
  const pairs = parameters.names().flatMap((name) => parameters.all(name).map((value) => [name, value]))
  return new URLSearchParams(pairs).toString()
}
