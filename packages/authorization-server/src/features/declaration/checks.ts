// What may not be declared, though its form is good: names that mean nothing here, clash or are used up, and what no page would take.
import { nearest } from '../../platform/config/index.ts'
import { chosenSecretFaults, type Client, clientFaults, needsSecret } from '../../records/clients/index.ts'
import { audienceFault, audienceSentences, scopeNameFault, scopeNameSentences } from '../../records/scopes/index.ts'
import type { Current } from './current.ts'
import { type Resolved, wantedClient } from './entries.ts'
import type { Change, Kind } from './entry.ts'
import type { Fault, Path } from './fault.ts'
import type { Plan } from './plan.ts'
import type { ApiDeclaration, ClientDeclaration, Declaration, GroupDeclaration } from './schema.ts'

export interface CheckRules {
  readonly issuer: string
  /** Every permission that there is. */
  readonly permissions: readonly string[]
  /** Whether this server would ever call an address. */
  readonly admits: (url: string) => boolean
}

export interface Case {
  readonly declaration: Declaration
  readonly current: Current
  readonly resolved: Resolved
  readonly plan: Plan
}

export function declarationFaults(given: Case, rules: CheckRules): readonly Fault[] {
  const { apis = {}, groups = {}, clients = {} } = given.declaration
  const looked = lookAt(given)
  return [
    ...scopeFaults(given),
    ...Object.entries(apis).flatMap(([audience, api]) => [
      ...audienceFaults(audience, given.current, rules),
      ...apiFaults(audience, api, given, looked),
    ]),
    ...Object.entries(groups).flatMap(([name, group]) => groupFaults(name, group, given, rules)),
    ...Object.entries(clients).flatMap(([clientId, client]) => [
      ...ownFaults(clientId, client, given),
      ...registrationFaults(clientId, client, looked, rules),
    ]),
  ]
}

/** What every check asks, looked up once: there may be thousands of applications. */
interface Looked {
  readonly knownClients: ReadonlyMap<string, Client>
  readonly changed: ReadonlySet<string>
  readonly deletedScopes: ReadonlySet<string>
  /** Names that there are once the plan is carried out. */
  readonly scopesAfter: readonly string[]
  readonly clientsAfter: ReadonlySet<string>
}

function lookAt({ current, plan }: Case): Looked {
  const namesOf = (kind: Kind, actions: readonly Change['action'][]): ReadonlySet<string> =>
    new Set(
      plan.changes.filter((one) => one.kind === kind && actions.includes(one.action)).map((change) => change.name),
    )
  const after = (kind: Kind, before: readonly string[]): ReadonlySet<string> =>
    new Set(before).difference(namesOf(kind, ['delete'])).union(namesOf(kind, ['create']))
  const knownClients = new Map(current.clients.map(({ client }) => [client.clientId, client]))
  return {
    knownClients,
    changed: namesOf('client', ['create', 'change']),
    deletedScopes: namesOf('scope', ['delete']),
    scopesAfter: [
      ...after(
        'scope',
        current.scopes.map(({ name }) => name),
      ),
    ],
    clientsAfter: after('client', [...knownClients.keys()]),
  }
}

/** What there is already is looked at before its name is. */
const nothing: ReadonlySet<string> = new Set()

function named(path: Path, sentence: string): Fault {
  return { path, sentence, isAboutName: true }
}

interface DeclaredScope {
  readonly name: string
  readonly description: string | null
  readonly path: Path
  readonly api: string | undefined
}

function declaredScopes({ scopes = {}, apis = {} }: Declaration): readonly DeclaredScope[] {
  const plain = Object.entries(scopes).map(([name, description]) => ({
    name,
    description,
    path: ['scopes', name],
    api: undefined,
  }))
  const owned = Object.entries(apis).flatMap(([audience, api]) =>
    Object.entries(api.scopes ?? {}).map(([name, description]) => ({
      name,
      description,
      path: ['apis', audience, 'scopes', name],
      api: audience,
    })),
  )
  return [...plain, ...owned]
}

function scopeFaults({ declaration, current }: Case): readonly Fault[] {
  const audiences = new Map(current.apis.map(({ id, audience }) => [id, audience]))
  const seen = new Set<string>()
  return declaredScopes(declaration).flatMap(({ name, description, path, api }) => {
    if (seen.has(name)) return [named(path, 'This scope is declared twice: it belongs to one API, or to none.')]
    seen.add(name)
    const known = current.scopes.find((scope) => scope.name === name)
    if (known !== undefined) {
      const whose = known.apiId === undefined ? undefined : audiences.get(known.apiId)
      if (whose === api) return known.description === description ? [] : longFault(path, description)
      const place = whose === undefined ? 'to no API: declare it under scopes' : `to ${whose}: declare it there`
      return [named(path, `There is such a scope, and it belongs ${place}. That never changes.`)]
    }
    const fault = scopeNameFault(name, { taken: nothing, retired: current.retired })
    return fault === undefined ? longFault(path, description) : [named(path, scopeNameSentences[fault])]
  })
}

function audienceFaults(audience: string, { apis, retired }: Current, { issuer }: CheckRules): readonly Fault[] {
  if (apis.some((api) => api.audience === audience)) return []
  const fault = audienceFault(audience, { issuer, taken: nothing, retired })
  return fault === undefined ? [] : [named(['apis', audience], audienceSentences[fault])]
}

const longestText = 200

/** Of what people read: the name of an API, what a scope allows. */
function longFault(path: Path, text: string | null | undefined): readonly Fault[] {
  const isLong = typeof text === 'string' && Array.from(text).length > longestText
  return isLong ? [{ path, sentence: `It must be at most ${longestText} characters long.` }] : []
}

function apiFaults(
  audience: string,
  declared: ApiDeclaration,
  { current, declaration }: Case,
  { knownClients, clientsAfter }: Looked,
): readonly Fault[] {
  const path = ['apis', audience]
  const isPublic = (clientId: string): boolean => {
    const wanted = declaration.clients?.[clientId]
    return wanted === undefined
      ? knownClients.get(clientId)?.isConfidential === false
      : wanted.authentication_method === 'none'
  }
  const asking = (declared.clients ?? []).flatMap((clientId, at): readonly Fault[] => {
    const place = [...path, 'clients', at]
    if (!clientsAfter.has(clientId)) {
      return [{ path: place, sentence: `There is no application ${clientId}.${guess(clientId, clientsAfter)}` }]
    }
    return isPublic(clientId)
      ? [{ path: place, sentence: `${clientId} is public, so it cannot prove itself when it asks about tokens.` }]
      : []
  })
  const isKept = current.apis.some((api) => api.audience === audience && api.name === declared.name)
  return [...longFault([...path, 'name'], isKept ? undefined : declared.name), ...asking]
}

const longestGroup = 150

function groupFaults(
  name: string,
  { permissions = [] }: GroupDeclaration,
  { current }: Case,
  rules: CheckRules,
): readonly Fault[] {
  const known = current.groups.find((group) => group.name === name)
  const isGood = name !== '' && Array.from(name).length <= longestGroup
  const held = new Set([...rules.permissions, ...(known?.permissions ?? [])])
  return [
    ...(isGood || known !== undefined
      ? []
      : [named(['groups', name], `A group has a name of 1 to ${longestGroup} characters.`)]),
    ...permissions.flatMap((permission, at): readonly Fault[] =>
      held.has(permission)
        ? []
        : [
            {
              path: ['groups', name, 'permissions', at],
              sentence: `There is no permission ${permission}.${guess(permission, rules.permissions) || ` Allowed: ${rules.permissions.join(', ')}.`}`,
            },
          ],
    ),
  ]
}

function guess(word: string, known: Iterable<string>): string {
  const found = nearest(word, known)
  return found === undefined ? '' : ` Did you mean ${found}?`
}

/** What the file alone can say of a client: its owner, where its secret is. */
function ownFaults(clientId: string, declared: ClientDeclaration, { resolved }: Case): readonly Fault[] {
  const path = ['clients', clientId]
  const { owner, secret, authentication_method: method = 'client_secret', pkce } = declared
  const ways = [secret?.environment, secret?.value].filter((way) => way !== undefined)
  return [
    ...(typeof owner === 'string' && !resolved.owners.has(owner)
      ? [
          {
            path: [...path, 'owner'],
            sentence: `There is no user ${owner}. The file makes none: latchkey user create.`,
          },
        ]
      : []),
    ...(secret !== undefined && ways.length !== 1
      ? [{ path: [...path, 'secret'], sentence: 'It must say one of environment, value.' }]
      : []),
    ...(secret !== undefined && !needsSecret({ authenticationMethod: method })
      ? [{ path: [...path, 'secret'], sentence: `A client with the authentication_method ${method} has no secret.` }]
      : []),
    ...(pkce === 'optional' && method === 'none'
      ? [{ path: [...path, 'pkce'], sentence: 'A public client always needs PKCE (RFC 9700 §2.1.1): leave it out.' }]
      : []),
    ...(secret?.value === undefined
      ? []
      : chosenSecretFaults(secret.value).map((sentence) => ({ path: [...path, 'secret', 'value'], sentence }))),
  ]
}

/** The rules of the pages. What stands already, and is not changed, stays good. */
function registrationFaults(
  clientId: string,
  declared: ClientDeclaration,
  looked: Looked,
  rules: CheckRules,
): readonly Fault[] {
  const path = ['clients', clientId]
  const wanted = wantedClient(clientId, declared, undefined)
  const lost = wanted.scopes.find((scope) => looked.deletedScopes.has(scope))
  if (lost !== undefined) {
    return [{ path: [...path, 'scopes'], sentence: `The scope ${lost} is not in the file, so it would be deleted.` }]
  }
  if (!looked.changed.has(clientId)) return []
  const before = looked.knownClients.get(clientId) ?? { ...wantedClient('', { name: '' }, undefined), scopes: [] }
  const { admits } = rules
  const faults = clientFaults(wanted, before, { mayTrust: true, knownScopes: looked.scopesAfter, admits })
  return Object.entries(faults ?? {}).flatMap(([member, sentences]) =>
    sentences.map((sentence) =>
      member === 'client_id' ? named(path, sentence) : { path: [...path, member], sentence },
    ),
  )
}
