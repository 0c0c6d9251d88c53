// Each kind of event in words, and the group in which it is offered.
import type { EventKind } from './event.ts'

interface KindWords {
  readonly label: string
  readonly group: string
}

const people = 'People'
const access = 'Sign-ins and access'
const clients = 'Applications'
const groups = 'Groups'
const apis = 'APIs and scopes'
const server = 'The server'

/** Whoever adds a kind is asked for its words by the compiler. */
const words: Readonly<Record<EventKind, KindWords>> = {
  'user.signed-in': { label: 'Signed in', group: access },
  'session.ended': { label: 'Session ended', group: access },
  'user.signed-out-everywhere': { label: 'Signed out everywhere', group: access },
  'consent.given': { label: 'Consent given', group: access },
  'consent.withdrawn': { label: 'Consent withdrawn', group: access },
  'grant.created': { label: 'Access given to an application', group: access },
  'grant.ended': { label: 'Access of an application ended', group: access },
  'token.revoked': { label: 'Token revoked', group: access },
  'user.created': { label: 'Account created', group: people },
  'user.changed': { label: 'Account changed', group: people },
  'user.disabled': { label: 'Account disabled', group: people },
  'user.enabled': { label: 'Account enabled', group: people },
  'user.password-changed': { label: 'Password changed', group: people },
  'user.password-link-made': { label: 'Link to set a password made', group: people },
  'user.deleted': { label: 'Account deleted', group: people },
  'group.created': { label: 'Group created', group: groups },
  'group.changed': { label: 'Group changed', group: groups },
  'group.deleted': { label: 'Group deleted', group: groups },
  'group.member-added': { label: 'Member added to a group', group: groups },
  'client.created': { label: 'Application registered', group: clients },
  'client.changed': { label: 'Application changed', group: clients },
  'client.deleted': { label: 'Application deleted', group: clients },
  'client.secret-rotated': { label: 'Secret of an application rotated', group: clients },
  'client.disabled': { label: 'Application disabled', group: clients },
  'client.enabled': { label: 'Application enabled', group: clients },
  'client.access-ended': { label: 'All access of an application ended', group: clients },
  'registration-token.created': { label: 'Registration token created', group: clients },
  'registration-token.revoked': { label: 'Registration token revoked', group: clients },
  'api.created': { label: 'API created', group: apis },
  'api.changed': { label: 'API changed', group: apis },
  'api.deleted': { label: 'API deleted', group: apis },
  'scope.created': { label: 'Scope created', group: apis },
  'scope.changed': { label: 'Scope changed', group: apis },
  'scope.deleted': { label: 'Scope deleted', group: apis },
  'key.created': { label: 'Key created', group: server },
  'key.rotated': { label: 'Key rotated', group: server },
  'key.retired': { label: 'Key retired', group: server },
  'setup.completed': { label: 'First administrator created', group: server },
  'installation.restored': { label: 'Restored from a backup', group: server },
}

/** All kinds, as a field offers them: those of one group stand together. */
export const eventKinds: readonly (KindWords & { readonly value: string })[] = Object.entries(words).map(
  ([value, { label, group }]) => ({ value, label, group }),
)

/** What happened, in words; a kind of a newer version stays as it is. */
export function eventLabel(kind: string): string {
  return eventKinds.find(({ value }) => value === kind)?.label ?? kind
}
