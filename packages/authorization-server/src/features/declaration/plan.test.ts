import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Fields } from './client-fields.ts'
import { type Change, type KnownEntry, kinds, type Section, sections, type WantedEntry } from './entry.ts'
import { type Plan, planChanges } from './plan.ts'

const all: ReadonlySet<Section> = new Set(sections)
const sectionOf = { scope: 'scopes', api: 'apis', group: 'groups', client: 'clients' } as const

const fields: fc.Arbitrary<Fields> = fc.record(
  {
    name: fc.constantFrom('a', 'b'),
    scopes: fc.uniqueArray(fc.constantFrom('read', 'write', 'email')),
    default_acr_values: fc.uniqueArray(fc.constantFrom('high', 'low')),
    jwks: fc.option(fc.record({ keys: fc.array(fc.record({ kty: fc.constant('EC'), kid: fc.string() })) })),
    enabled: fc.boolean(),
  },
  { requiredKeys: ['name'] },
)
const reference = fc.record({ kind: fc.constantFrom(...kinds), name: fc.constantFrom('shop', 'site', '__proto__', '') })
const unique = { selector: (one: { kind: string; name: string }) => `${one.kind} ${one.name}`, maxLength: 8 }
const knownEntry: fc.Arbitrary<KnownEntry> = fc
  .record({ entry: reference, fields, stays: fc.boolean() })
  .map(({ entry, ...more }) => ({ ...entry, ...more, section: sectionOf[entry.kind] }))
const wantedEntry: fc.Arbitrary<WantedEntry> = fc
  .record({ entry: reference, fields })
  .map(({ entry, ...more }) => ({ ...entry, ...more }))
const known = fc.uniqueArray(knownEntry, unique)
const wanted = fc.uniqueArray(wantedEntry, unique)
const chosen = fc.subarray([...sections]).map((list) => new Set(list))

/** What the installation would be: the plan carried out on plain values. */
function carriedOut(before: readonly KnownEntry[], { changes }: Plan): readonly KnownEntry[] {
  const entries = new Map(before.map((entry) => [`${entry.kind} ${entry.name}`, entry]))
  for (const { action, kind, name, differences } of changes) {
    const key = `${kind} ${name}`
    const now = entries.get(key)
    if (action === 'delete') entries.delete(key)
    else {
      const after = Object.fromEntries(differences.map((one) => [one.field, one.after]))
      const base = now ?? { kind, name, section: sectionOf[kind], fields: {}, stays: false }
      entries.set(key, { ...base, fields: { ...base.fields, ...after } })
    }
  }
  return [...entries.values()]
}

test('a plan that is carried out leaves nothing to plan, with and without pruning', () => {
  fc.assert(
    fc.property(known, wanted, chosen, fc.boolean(), (before, file, parts, prune) => {
      const options = { sections: parts, prune }
      const after = carriedOut(before, planChanges(before, file, options))
      assert.deepEqual(planChanges(after, file, options).changes, [])
    }),
  )
})

test('the order of what is there, of the file, and of its lists says nothing', () => {
  const reversed = (entry: WantedEntry): WantedEntry => {
    const { scopes, ...more } = entry.fields
    return Array.isArray(scopes) ? { ...entry, fields: { ...more, scopes: scopes.toReversed() } } : entry
  }
  const bare = ({ action, kind, name, differences }: Change): readonly unknown[] => [
    action,
    kind,
    name,
    differences.map(({ field }) => field).toSorted(),
  ]
  fc.assert(
    fc.property(known, wanted, fc.boolean(), (before, file, prune) => {
      const options = { sections: all, prune }
      const one = planChanges(before, file, options)
      const other = planChanges(before.toReversed(), file.toReversed().map(reversed), options)
      assert.deepEqual(other.changes.map(bare), one.changes.map(bare))
      assert.deepEqual(other.left, one.left)
    }),
  )
})

test('pruning deletes exactly the rest: of the parts that the file has, and nothing that stays', () => {
  fc.assert(
    fc.property(known, wanted, chosen, (before, file, parts) => {
      const keys = new Set(file.map(({ kind, name }) => `${kind} ${name}`))
      const rest = before
        .filter(({ kind, name, section, stays }) => !keys.has(`${kind} ${name}`) && parts.has(section) && !stays)
        .map(({ kind, name }) => `${kind} ${name}`)
        .toSorted()
      const named = (list: readonly { kind: string; name: string }[]): readonly string[] =>
        list.map(({ kind, name }) => `${kind} ${name}`).toSorted()
      const pruned = planChanges(before, file, { sections: parts, prune: true })
      assert.deepEqual(named(pruned.changes.filter(({ action }) => action === 'delete')), rest)
      const plain = planChanges(before, file, { sections: parts, prune: false })
      assert.deepEqual(named(plain.left), rest)
      assert.ok(plain.changes.every(({ action }) => action !== 'delete'))
    }),
  )
})

test('what the file does not speak of is left; an empty value is spoken of', () => {
  const shop: KnownEntry = {
    kind: 'client',
    name: 'shop',
    section: 'clients',
    fields: { owner: 'ann', enabled: false, scopes: ['read'] },
    stays: false,
  }
  const plan = (said: Fields): Plan =>
    planChanges([shop], [{ kind: 'client', name: 'shop', fields: said }], { sections: all, prune: true })
  assert.deepEqual(plan({}).changes, [])
  assert.deepEqual(plan({ owner: null }).changes[0]?.differences, [{ field: 'owner', before: 'ann', after: null }])
  assert.deepEqual(plan({ scopes: [] }).changes[0]?.differences, [{ field: 'scopes', before: ['read'], after: [] }])
})

test('only where order says something does another order differ', () => {
  const before: KnownEntry = {
    kind: 'client',
    name: 'shop',
    section: 'clients',
    fields: { scopes: ['a', 'b'], default_acr_values: ['a', 'b'] },
    stays: false,
  }
  const wantedFields = { scopes: ['b', 'a'], default_acr_values: ['b', 'a'] }
  const { changes } = planChanges([before], [{ kind: 'client', name: 'shop', fields: wantedFields }], {
    sections: all,
    prune: false,
  })
  assert.deepEqual(
    changes[0]?.differences.map(({ field }) => field),
    ['default_acr_values'],
  )
})
