// The cookie of a browser that somebody signed in from. It opens nothing: it only gives that browser a count of its own for the
// accounts that it names. Sealed, since it tells who uses this browser; it outlives sign-out, or strangers could still lock them out.
import { type Purpose, randomId } from '../../platform/crypto/index.ts'
import { cookieName, type Incoming, setCookie } from '../../platform/http/index.ts'
import { deviceAfterSignIn, type KnownDevice } from '../../records/credentials/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'

const deviceCookie = ({ identity }: Pick<Context, 'identity'>): string => `${identity.cookiePrefix}_device`
const purpose: Purpose = { name: 'device cookie', prefix: '' }
const lifetimeSeconds = 180 * 86_400
const idLength = 16
const digestLength = 32

type Keys = Pick<Context, 'identity' | 'keys' | 'secure'>

export function knownDevice(context: Keys, request: Incoming): KnownDevice | undefined {
  const cookie = request.cookies[cookieName(deviceCookie(context), context.secure)]
  const opened = cookie === undefined ? undefined : context.keys.sealer.open(purpose, cookie)
  if (opened === undefined) return undefined
  const bytes = Buffer.from(opened)
  const accounts = Array.from({ length: (bytes.length - idLength) / digestLength }, (_, n) => {
    const start = idLength + n * digestLength
    return bytes.subarray(start, start + digestLength).toString('base64url')
  })
  return { id: bytes.subarray(0, idLength).toString('base64url'), accounts }
}

/** The cookie after a sign-in: this browser is known for that person from now on. */
export function deviceCookieFor(context: Keys & Pick<Context, 'random'>, request: Incoming, user: User): string {
  const known = knownDevice(context, request) ?? { id: randomId(context.random), accounts: [] }
  const device = deviceAfterSignIn(known, user)
  const parts = [device.id, ...device.accounts].map((part) => Buffer.from(part, 'base64url'))
  const sealed = context.keys.sealer.seal(purpose, Buffer.concat(parts))
  return setCookie(deviceCookie(context), sealed, { secure: context.secure, maxAgeSeconds: lifetimeSeconds })
}
