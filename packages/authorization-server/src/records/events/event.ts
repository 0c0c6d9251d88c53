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
  | 'user.password-link-made'
  | 'user.signed-out-everywhere'
  | 'user.deleted'
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
  | 'client.access-ended'
  | 'registration-token.created'
  | 'registration-token.revoked'
  | 'group.created'
  | 'group.changed'
  | 'group.deleted'
  | 'group.member-added'
  | 'api.created'
  | 'api.changed'
  | 'api.deleted'
  | 'scope.created'
  | 'scope.changed'
  | 'scope.deleted'
  | 'key.created'
  | 'key.rotated'
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

/** What a person in charge changed of a row. It is written only while they still may: their standing is part of the statement. */
export interface Change {
  readonly kind: EventKind
  readonly at: Instant
  readonly actor: {
    readonly id: number
    readonly epoch: number
    readonly isStaff: boolean
    readonly isSuperuser: boolean
  }
  /** Whose row, as the console names it, and which: by its id, or by what a row that the same list inserts is unique by. */
  readonly noun: string
  readonly target:
    | string
    | { readonly subject: string }
    | { readonly group: string }
    | { readonly audience: string }
    | { readonly clientId: string }
  readonly userId?: number | undefined
  readonly clientRow?: number | undefined
  readonly address: string
  /** Fields with what stood there before and stands there now; never a secret. */
  readonly changes?: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> | undefined
  readonly note?: string | undefined
  /** Why, in the actor's own words. */
  readonly reason?: string | undefined
}

/** What was changed of a row on the command line: whoever can run it there is asked for nothing else. */
export type OperatorChange = Omit<Change, 'actor' | 'address' | 'reason'>
