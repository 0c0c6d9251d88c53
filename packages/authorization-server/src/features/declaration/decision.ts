// From what is there and what is declared to a plan, or to all that is wrong with the declaration.
import { type Case, type CheckRules, declarationFaults } from './checks.ts'
import type { Current } from './current.ts'
import { knownEntries, type Resolved, wantedEntries } from './entries.ts'
import { sections } from './entry.ts'
import type { Fault } from './fault.ts'
import { type Plan, planChanges } from './plan.ts'
import type { Declaration } from './schema.ts'

export type Decision =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly notes: readonly string[] }
  | { readonly kind: 'refuse'; readonly faults: readonly Fault[] }

export interface DecisionRules extends CheckRules {
  readonly prune: boolean
}

export function decidePlan(
  current: Current,
  declaration: Declaration,
  resolved: Resolved,
  rules: DecisionRules,
): Decision {
  const present = new Set(sections.filter((section) => declaration[section] !== undefined))
  const plan = planChanges(knownEntries(current, resolved), wantedEntries(declaration, current, resolved), {
    sections: present,
    prune: rules.prune,
  })
  const given = { declaration, current, resolved, plan }
  const faults = declarationFaults(given, rules)
  return faults.length > 0 ? { kind: 'refuse', faults } : { kind: 'plan', plan, notes: notesOf(given) }
}

/** What follows from the changes, or is left to somebody, in full sentences. */
function notesOf({ declaration, current, resolved, plan }: Case): readonly string[] {
  const { clients = {}, apis = {} } = declaration
  return plan.changes
    .flatMap((change): readonly string[] => {
      const { action, kind, name } = change
      const fieldOf = (field: string) => change.differences.find((one) => one.field === field)
      if (kind === 'client' && action === 'delete')
        return [`${name}: every grant and token of it ends, and consents to it go.`]
      if (kind === 'api' && action === 'delete')
        return [`${name}: no token is for it any more, and its audience is never given again.`]
      if (kind === 'scope' && action === 'delete') {
        const holders = current.clients.filter(({ client }) => client.scopes.includes(name)).length
        return [`${name}: ${holders} application(s) lose it, and the name is never given again.`]
      }
      if (kind === 'api' && apis[name]?.token_format === 'jwt' && fieldOf('token_format') !== undefined) {
        return [`${name}: a JWT that is revoked is still taken by an API that checks it by itself, until it expires.`]
      }
      if (kind !== 'client') return []
      const method = clients[name]?.authentication_method ?? 'client_secret'
      const turned = action === 'change' ? fieldOf('authentication_method') : undefined
      const turns = turned !== undefined && (turned.before === 'none') !== (turned.after === 'none')
      const hasSecret = method === 'none' || method === 'private_key_jwt' || clients[name]?.secret !== undefined
      return [
        ...(turns ? [`${name}: it is another client to whoever trusted it, so every token of it ends.`] : []),
        ...(action === 'change' && fieldOf('enabled') !== undefined ? [`${name}: every token of it ends.`] : []),
        ...((action === 'create' || turns) && !hasSecret
          ? [`${name}: it has no secret until one is made: latchkey app rotate-secret ${name}`]
          : []),
      ]
    })
    .concat(
      [...resolved.secrets].flatMap(([clientId, state]) =>
        state === 'unknown'
          ? [
              `${clientId}: ${clients[clientId]?.secret?.environment ?? ''} is not set here, so its secret was not compared.`,
            ]
          : [],
      ),
    )
}
