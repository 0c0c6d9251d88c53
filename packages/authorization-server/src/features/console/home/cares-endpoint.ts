// What needs care, noun by noun: each with why, and a way to the rows. Every look goes through an index and ends at a bound.
import type { Care, Desk } from '../../../platform/console/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import { clientsWithLegacySwitches, clientsWithOldSecrets, namesOfClients } from '../../../records/clients/index.ts'
import { failedDeliveries } from '../../../records/logouts/index.ts'
import { activeSuperusers, displayIdentifier } from '../../../records/users/index.ts'
import { unusedClients } from '../../../records/usage/index.ts'
import type { Context } from '../../context/index.ts'
import { dayMs } from './figures.ts'

type Cares = NonNullable<Desk['cares']>

const mostItems = 5
/** As long as what came of a logout token is kept. */
const deliveriesMs = 7 * dayMs

function wholeDays(ms: number): number {
  return Math.floor(ms / dayMs)
}

const age = { one: 'for {count} day', other: 'for {count} days' } as const

/** One entry for all rows of a kind; none where there are no rows. */
function careOf<T>(
  care: Omit<Care, 'items' | 'hasMore'>,
  found: readonly T[],
  itemOf: (one: T) => Care['items'][number],
): readonly Care[] {
  if (found.length === 0) return []
  return [{ ...care, items: found.slice(0, mostItems).map(itemOf), hasMore: found.length > mostItems }]
}

function clientLink(row: number): { readonly noun: string; readonly id: string } {
  return { noun: 'clients', id: String(row) }
}

export function clientCares(context: Context): Cares {
  const { database } = context
  return async ({ owner, at, limits }) => {
    const [failed, old, unused, legacy] = await Promise.all([
      failedLogouts(context, at - deliveriesMs, owner),
      clientsWithOldSecrets(database, at - limits.secretAgeMs, owner, mostItems + 1),
      unusedClients(database, at - limits.unusedMs, owner, mostItems + 1),
      clientsWithLegacySwitches(database, owner, mostItems + 1),
    ])
    return [
      ...failed,
      ...careOf(
        {
          name: 'old-secrets',
          tone: 'warning',
          title: 'Client secrets are old',
          why: 'The longer a secret is in use, the more places hold a copy of it. Make a second one, give it to the application, then remove the old one.',
        },
        old,
        ({ row, name, createdAt }) => ({
          label: name,
          note: age,
          values: { count: wholeDays(at - createdAt) },
          link: clientLink(row),
        }),
      ),
      ...careOf(
        {
          name: 'unused-clients',
          tone: 'info',
          title: 'Applications that nobody uses',
          why: 'They got no token and asked about none for a long time. What nobody uses, nobody watches: disable it.',
        },
        unused,
        ({ row, name }) => ({ label: name, link: clientLink(row) }),
      ),
      ...careOf(
        {
          name: 'legacy-clients',
          tone: 'info',
          title: 'Applications with old ways switched on',
          why: 'They may hand over passwords, get tokens in addresses, or redeem codes without PKCE. OAuth 2.1 has dropped these.',
        },
        legacy,
        ({ row, name }) => ({ label: name, link: clientLink(row) }),
      ),
    ]
  }
}

async function failedLogouts(
  { database }: Context,
  since: Instant,
  owner: number | undefined,
): Promise<readonly Care[]> {
  const failed = await failedDeliveries(database, since, owner, mostItems + 1)
  const names = await namesOfClients(
    database,
    failed.map(({ clientRow }) => clientRow),
  )
  return careOf(
    {
      name: 'failed-logouts',
      tone: 'danger',
      title: 'Applications did not learn of sign-outs',
      why: 'In the last 7 days they could not be told, so people may still be signed in there.',
    },
    failed,
    ({ clientRow, count }) => ({
      label: names.find(({ row }) => row === clientRow)?.name ?? `#${clientRow}`,
      note: { one: '{count} time', other: '{count} times' },
      values: { count },
      link: clientLink(clientRow),
    }),
  )
}

/** A key that has a successor already is taken care of. */
export function keyCares(context: Context): Cares {
  return async ({ at, limits }) => {
    const keys = context.keys.list()
    const due = keys.filter(
      ({ state, signsFrom, algorithm }) =>
        state === 'signing' &&
        at - signsFrom >= limits.keyAgeMs &&
        !keys.some((other) => other.algorithm === algorithm && other.state === 'next'),
    )
    return careOf(
      {
        name: 'old-keys',
        tone: 'warning',
        title: 'Signing keys are due',
        why: 'They have signed for a long time. Rotating makes successors that are published before they sign, so nothing breaks.',
        link: { noun: 'keys' },
      },
      due,
      ({ kid, algorithm, signsFrom }) => ({
        label: algorithm,
        note: age,
        values: { count: wholeDays(at - signsFrom) },
        link: { noun: 'keys', id: kid },
      }),
    )
  }
}

export function userCares(context: Context): Cares {
  return async () => {
    const superusers = await activeSuperusers(context.database, 2)
    return careOf(
      {
        name: 'last-superuser',
        tone: 'warning',
        title: 'Only one person can administer this server',
        why: 'Should they lose their password or leave, only the command line helps. Make somebody else a superuser as well.',
      },
      superusers.length === 1 ? superusers : [],
      (user) => ({ label: displayIdentifier(user), link: { noun: 'users', id: String(user.id) } }),
    )
  }
}
