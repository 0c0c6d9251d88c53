// What is counted of sign-ins and tokens, and how far: in memory, by a bounded number of keys, so that no flood of strangers
// makes the server write. What a request does is to raise a number.

export const signInWays = ['page', 'password-grant'] as const
/** Through which door somebody came in. */
export type SignInWay = (typeof signInWays)[number]

export const refusalReasons = ['wrong-password', 'unknown-account', 'disabled', 'throttled', 'busy'] as const
/** Why a sign-in was refused; the person is told less. */
export type RefusalReason = (typeof refusalReasons)[number]

export const usageKinds = ['sign-in', 'refusal', 'token', 'introspection'] as const
export type UsageKind = (typeof usageKinds)[number]

/** Stands for all clients beyond those that are counted by themselves. */
export const otherClients = 0

/** Of one process in one hour. */
export const mostClientsCounted = 200

export interface Counted {
  readonly kind: UsageKind
  /** The way, the reason or the grant type; empty for introspections. */
  readonly reason: string
  readonly clientRow: number
  readonly count: number
}

export interface Usage {
  signedIn(way: SignInWay): void
  refused(reason: RefusalReason): void
  gaveToken(clientRow: number, grantType: string): void
  introspected(clientRow: number): void
  /** What was counted since the last time. Another hour than then may name other clients. */
  take(hour: number): readonly Counted[]
  /** Brings back what was taken and could not be written. */
  putBack(counted: readonly Counted[]): void
}

interface Count {
  count: number
}

/** One number by name, made when it is first raised. */
function raise(counts: Map<string, Count>, name: string, by: number): void {
  const known = counts.get(name)
  if (known === undefined) counts.set(name, { count: by })
  else known.count += by
}

export function createUsage(mostClients: number = mostClientsCounted): Usage {
  const people = { 'sign-in': new Map<string, Count>(), refusal: new Map<string, Count>() }
  const clients = new Map<number, Map<string, Count>>()
  let lastHour: number | undefined

  function ofClient(clientRow: number): Map<string, Count> {
    const known = clients.get(clientRow)
    if (known !== undefined) return known
    if (clients.size >= mostClients && clientRow !== otherClients) return ofClient(otherClients)
    const fresh = new Map<string, Count>()
    clients.set(clientRow, fresh)
    return fresh
  }

  return {
    signedIn: (way) => raise(people['sign-in'], way, 1),
    refused: (reason) => raise(people.refusal, reason, 1),
    gaveToken: (clientRow, grantType) => raise(ofClient(clientRow), grantType, 1),
    introspected: (clientRow) => raise(ofClient(clientRow), introspections, 1),
    take(hour) {
      const taken = [
        ...emptied('sign-in', otherClients, people['sign-in']),
        ...emptied('refusal', otherClients, people.refusal),
        ...[...clients].flatMap(([clientRow, counts]) => emptied('token', clientRow, counts)),
      ]
      // The names stay for the hour: whoever comes with ever new ones is counted with the others.
      if (lastHour !== undefined && hour !== lastHour) clients.clear()
      lastHour = hour
      return taken
    },
    putBack(counted) {
      for (const { kind, reason, clientRow, count } of counted) {
        if (kind === 'sign-in' || kind === 'refusal') raise(people[kind], reason, count)
        else raise(ofClient(clientRow), kind === 'token' ? reason : introspections, count)
      }
    },
  }
}

/** Beside the grant types, of which none is called so. */
const introspections = ' introspection'

function emptied(kind: UsageKind, clientRow: number, counts: Map<string, Count>): readonly Counted[] {
  const counted: Counted[] = []
  for (const [name, held] of counts) {
    if (held.count === 0) continue
    const isQuestion = name === introspections
    counted.push({
      kind: isQuestion ? 'introspection' : kind,
      reason: isQuestion ? '' : name,
      clientRow,
      count: held.count,
    })
    held.count = 0
  }
  return counted
}

const hourMs = 3_600_000

/** The beginning of the hour in which a moment is, in milliseconds. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs
}
