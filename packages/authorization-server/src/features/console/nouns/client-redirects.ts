// Whether an address would be accepted, and how it differs from each that is registered. RFC 9700 §2.1, §4.1.3; RFC 8252 §7.3;
// OpenID Connect RP-Initiated Logout §3. The decisions are those of the flows; here they are told.
import { checkRedirectUri, describeDifference, redirectUriFaults } from '@latchkey/protocol'
import type { Fact, Finding, FindingRow, FindingTable } from '../../../platform/console/index.ts'
import type { Client } from '../../../records/clients/index.ts'

export interface TestedAddress {
  readonly address: string
  /** Whether an authorization request with it would pass, and one with only that one registered. */
  readonly afterSignIn: boolean
  readonly matches: (registered: string) => boolean
  readonly afterSignOut: boolean
}

export function addressFinding(client: Client, tested: TestedAddress): Finding {
  const { address, afterSignIn, matches, afterSignOut } = tested
  return {
    verdict: verdictOf(tested),
    facts: factsOf(client, address),
    tables: [
      tableOf('After sign-in', 'The redirect URIs.', client.redirectUris, afterSignIn, address, matches),
      tableOf(
        'After sign-out',
        'The addresses to which people may be sent when they signed out.',
        client.postLogoutRedirectUris,
        afterSignOut,
        address,
        (registered) => registered === address,
      ),
    ],
  }
}

function verdictOf({ afterSignIn, afterSignOut }: TestedAddress): Finding['verdict'] {
  if (afterSignIn && afterSignOut) return { tone: 'success', says: 'It is accepted after sign-in and after sign-out.' }
  if (afterSignIn) return { tone: 'success', says: 'It is accepted after sign-in, and not after sign-out.' }
  if (afterSignOut) return { tone: 'warning', says: 'It is accepted after sign-out only: a sign-in would be refused.' }
  return { tone: 'danger', says: 'It is not accepted: an address must be a registered one, character for character.' }
}

function factsOf({ isConfidential }: Client, address: string): readonly Fact[] {
  const fault = checkRedirectUri(address, { allowCustomScheme: !isConfidential })
  const why = fault === undefined ? undefined : redirectUriFaults[fault]
  return [
    { label: 'Address', value: address },
    { label: 'It could be registered', value: fault === undefined, ...(why === undefined ? {} : { why }) },
  ]
}

function tableOf(
  title: string,
  about: string,
  registered: readonly string[],
  isAccepted: boolean,
  address: string,
  matches: (registered: string) => boolean,
): FindingTable {
  return {
    title,
    about: `${about} ${isAccepted ? 'It is accepted.' : 'It is not accepted.'}`,
    columns: ['Registered', 'Differs in'],
    rows: registered.map((one) => rowOf(one, address, matches(one))),
    empty: 'None is registered.',
  }
}

function rowOf(registered: string, address: string, isMatch: boolean): FindingRow {
  const differences = describeDifference(address, [registered])?.differences ?? []
  const cells = [registered, differences]
  if (!isMatch) return { cells, state: 'another', tone: 'warning' }
  const why = differences.length > 0 ? 'An address of this machine may have any port (RFC 8252 §7.3).' : undefined
  return { cells, state: 'accepted', tone: 'success', ...(why === undefined ? {} : { why }) }
}
