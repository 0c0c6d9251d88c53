// Acts of authority. An event is written in the commit of the act it tells of: one does not exist without the other.
// Ids stay when their rows go, so that the trail outlives what it speaks of. No secret, token, code or password is ever part of one.
import type { Instant } from '../../platform/time/index.ts'

export type EventKind =
  | 'user.created'
  | 'user.changed'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.signed-in'
  | 'user.password-changed'
  | 'session.ended'
  | 'consent.given'
  | 'consent.withdrawn'
  | 'grant.created'
  | 'grant.ended'
  | 'token.revoked'
  | 'client.created'
  | 'client.changed'
  | 'client.deleted'
  | 'client.secret-rotated'
  | 'client.disabled'
  | 'client.enabled'
  | 'registration-token.created'
  | 'registration-token.revoked'
  | 'group.created'
  | 'group.member-added'
  | 'api.created'
  | 'key.created'
  | 'key.retired'
  | 'setup.completed'
  | 'installation.restored'

export interface Event {
  readonly kind: EventKind
  readonly at: Instant
  /** Who did it; absent for the command line and the server itself. */
  readonly actorId?: number | undefined
  readonly userId?: number | undefined
  readonly clientRow?: number | undefined
  readonly address?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}
