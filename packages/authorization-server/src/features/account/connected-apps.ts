// Which applications have a part in an account: those that hold something now, and those that need not ask again.
import type { Instant } from '../../platform/time/index.ts'
import type { ConsentInList } from '../../records/consents/index.ts'
import type { GrantInList } from '../../records/grants/index.ts'
import type { Scope } from '../../records/scopes/index.ts'
import type { ConnectedApp } from './access-page.ts'

type LiveGrant = Pick<GrantInList, 'clientRow' | 'clientName' | 'scopes' | 'createdAt' | 'rotatedAt'>

interface Connection {
  readonly name: string
  readonly scopes: readonly string[]
  readonly since: Instant
  readonly lastUsed: Instant | undefined
}

/** One line for each application, the one used last first. */
export function connectedApps(
  grants: readonly LiveGrant[],
  consents: readonly ConsentInList[],
  known: readonly Pick<Scope, 'name' | 'description'>[],
): readonly ConnectedApp[] {
  const connections = Map.groupBy(
    [
      ...consents.map((consent) => [consent.clientRow, fromConsent(consent)] as const),
      ...grants.map((grant) => [grant.clientRow, fromGrant(grant)] as const),
    ],
    ([clientRow]) => clientRow,
  )
  const apps = [...connections].map(([clientRow, parts]) =>
    appOf(
      clientRow,
      parts.map(([, part]) => part),
      known,
    ),
  )
  return apps.toSorted((a, b) => (b.lastUsed ?? b.since) - (a.lastUsed ?? a.since) || a.name.localeCompare(b.name))
}

function fromConsent(consent: ConsentInList): Connection {
  return { name: consent.clientName, scopes: consent.scopes, since: consent.givenAt, lastUsed: undefined }
}

function fromGrant(grant: LiveGrant): Connection {
  return {
    name: grant.clientName,
    scopes: grant.scopes.split(' ').filter((scope) => scope !== ''),
    since: grant.createdAt,
    lastUsed: grant.rotatedAt ?? grant.createdAt,
  }
}

function appOf(
  clientRow: number,
  parts: readonly Connection[],
  known: readonly Pick<Scope, 'name' | 'description'>[],
): ConnectedApp {
  const held = new Set(parts.flatMap((part) => part.scopes))
  const uses = parts.flatMap((part) => (part.lastUsed === undefined ? [] : [part.lastUsed]))
  return {
    id: String(clientRow),
    name: parts[0]?.name ?? '',
    access: accessWords(held, known),
    since: Math.min(...parts.map((part) => part.since)),
    lastUsed: uses.length === 0 ? undefined : Math.max(...uses),
  }
}

/** In the operator's order and words; `openid` alone says no more than that the person signed in. */
function accessWords(
  held: ReadonlySet<string>,
  known: readonly Pick<Scope, 'name' | 'description'>[],
): readonly string[] {
  const described = known
    .filter(({ name }) => held.has(name) && name !== 'openid')
    .map(({ description }) => description)
  const unknown = [...held].filter((name) => name !== 'openid' && !known.some((scope) => scope.name === name))
  return [...new Set([...described, ...unknown])]
}
