// What the signed-out page must know about a session that is gone, sealed into its address: reloading it shows the same page.
import { PayloadWriter, type Purpose, readPayload, type Sealer } from '../../platform/crypto/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { WayBack } from './steps.ts'

export interface SignedOutTicket {
  /** Empty when nobody was signed in. */
  readonly sessionId: string
  /** Whose address it is that the way leads to; undefined for one of ours. */
  readonly clientRow: number | undefined
  readonly back: WayBack
}

const purpose: Purpose = { name: 'signed out', prefix: '' }
const lifetimeMs = 600_000
const kinds = ['none', 'link', 'redirect'] as const

export function sealTicket(sealer: Sealer, ticket: SignedOutTicket, now: Instant): string {
  const payload = new PayloadWriter()
    .instant(now + lifetimeMs)
    .text(ticket.sessionId)
    .u32(ticket.clientRow ?? 0)
    .u8(kinds.indexOf(ticket.back.kind))
    .text(ticket.back.kind === 'none' ? '' : ticket.back.uri)
    .finish()
  return sealer.seal(purpose, payload)
}

/** Undefined for one that is not ours, or too old to lead anybody anywhere. */
export function openTicket(sealer: Sealer, text: string, now: Instant): SignedOutTicket | undefined {
  const payload = sealer.open(purpose, text)
  const read =
    payload &&
    readPayload(payload, (reader) => ({
      expiresAt: reader.instant(),
      sessionId: reader.text(),
      clientRow: reader.u32() || undefined,
      kind: kinds[reader.u8()],
      uri: reader.text(),
    }))
  if (read === undefined || read.kind === undefined || read.expiresAt <= now) return undefined
  const { sessionId, clientRow, kind, uri } = read
  return { sessionId, clientRow, back: kind === 'none' ? { kind } : { kind, uri } }
}
