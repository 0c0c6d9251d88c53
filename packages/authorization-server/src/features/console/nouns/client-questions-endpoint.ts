// What the console answers of a client, and the two acts to which an answer leads: registering an address that was refused, and,
// in development, a token to try an API with.
import { OAuthError } from '@latchkey/protocol'
import {
  type Answer,
  type Asked,
  changedValues,
  type Desk,
  type Entry,
  entryPath,
  type FieldChoice,
  type Finding,
  type FindingRow,
  type Noun,
  type Outcome,
  textOf,
  type Values,
} from '../../../platform/console/index.ts'
import { Parameters } from '../../../platform/http/index.ts'
import {
  addedRedirectUriFault,
  type Client,
  findClientByRow,
  testTokenAct,
  updateClient,
} from '../../../records/clients/index.ts'
import { type ApplicationRefusal, recentRefusals } from '../../applications/index.ts'
import { destinationFor } from '../../authorization/index.ts'
import { sectorFaultOf } from '../../client-registration/index.ts'
import type { Context } from '../../context/index.ts'
import { partyTo } from '../../logout/index.ts'
import { whyNotApplication } from '../authority.ts'
import { previewClient } from './client-preview-endpoint.ts'
import { addressFinding } from './client-redirects.ts'
import { issueTestToken } from './test-token-endpoint.ts'
import { changeBy } from '../trail.ts'

const mostRefusals = 100
/** The act to which a refusal leads. */
const repairing = 'register-address'
const conflict: Outcome = { kind: 'conflict' }
const gone = { kind: 'refused', why: 'The application is gone.' } as const

/** The desk of clients with its answers. */
export async function withClientQuestions(context: Context, desk: Desk): Promise<Desk> {
  const testToken = context.development ? await testTokenAct() : undefined
  const noun = testToken === undefined ? desk.noun : { ...desk.noun, acts: [...desk.noun.acts, testToken] }
  return {
    ...desk,
    noun,
    questions: {
      'token-preview': (asked, entry, values) => previewClient(context, asked, entry, values),
      'redirect-test': (_, entry, values) => testAddress(context, entry, textOf(values['address'] ?? '')),
      failures: (_, entry) => failures(context, noun, entry),
    },
    acts: {
      ...desk.acts,
      [repairing]: (asked, entry, values) => registerAddress(context, asked, entry, values),
      ...(testToken === undefined
        ? {}
        : { [testToken.name]: (asked, entry, values) => issueTestToken(context, asked, entry, values) }),
    },
    choices: async (field, entry) =>
      field === 'address' ? addressesOnOffer(context, entry) : desk.choices?.(field, entry),
  }
}

function clientOf({ database }: Context, { id }: Pick<Entry, 'id'>): Promise<Client | undefined> {
  return findClientByRow(database, Number(id))
}

/** Decided by what serves the requests themselves. */
async function testAddress(context: Context, entry: Entry, address: string): Promise<Answer> {
  const client = await clientOf(context, entry)
  if (client === undefined) return gone
  const isDestination = (registered: Client): boolean =>
    passes(() =>
      destinationFor(
        registered,
        new Parameters([
          ['client_id', client.clientId],
          ['redirect_uri', address],
        ]),
      ),
    )
  const isReturn = (): boolean =>
    passes(() => partyTo({ ...noLogoutRequest, postLogoutRedirectUri: address }, undefined, client))
  const finding = addressFinding(client, {
    address,
    afterSignIn: isDestination(client),
    matches: (registered) => isDestination({ ...client, redirectUris: [registered] }),
    afterSignOut: isReturn(),
  })
  return { kind: 'found', finding }
}

const noLogoutRequest = { idTokenHint: undefined, logoutHint: undefined, clientId: undefined, state: undefined }

function passes(decide: () => unknown): boolean {
  try {
    decide()
    return true
  } catch (error) {
    if (error instanceof OAuthError) return false
    throw error
  }
}

function refusalsOf({ incidents }: Context, client: Client): readonly ApplicationRefusal[] {
  return recentRefusals(incidents.ofClient(client.clientId, mostRefusals), client)
}

async function failures(context: Context, noun: Noun, entry: Entry): Promise<Answer> {
  const client = await clientOf(context, entry)
  if (client === undefined) return gone
  const refusals = refusalsOf(context, client)
  const about = 'Kept in the memory of this server since it started: the newest 2,000 of all applications.'
  return { kind: 'found', finding: failuresFinding(refusals, about, `${entryPath(noun, entry)}${repairing}/`) }
}

function failuresFinding(refusals: readonly ApplicationRefusal[], why: string, repair: string): Finding {
  const count = refusals.length
  return {
    verdict:
      count === 0
        ? { tone: 'success', says: 'Nothing of it was refused lately.', why }
        : { tone: 'warning', says: count === 1 ? 'One request was refused.' : `${count} requests were refused.`, why },
    tables: [
      {
        title: 'Refusals',
        columns: ['Incident', 'When', 'Sent', 'Registered', 'Difference'],
        rows: refusals.map(
          ({ at, incident, rule, clause, sent = null, registered = null, difference = null, fix }) => ({
            cells: [incident, { at }, sent, registered, difference],
            why: `${rule} ${clause}`,
            ...linkTo(repair, fix),
          }),
        ),
        empty: 'There are none.',
      },
    ],
  }
}

function linkTo(repair: string, fix: ApplicationRefusal['fix']): Pick<FindingRow, 'link'> {
  const uri = fix?.hidden?.['uri']
  return uri === undefined || fix === undefined
    ? {}
    : { link: { label: fix.label, href: `${repair}?address=${encodeURIComponent(uri)}` } }
}

/** What was refused and may be repaired by one click: a stranger who sends requests in the client's name puts nothing here. */
async function addressesOnOffer(context: Context, entry: Entry | undefined): Promise<readonly FieldChoice[]> {
  const client = entry && (await clientOf(context, entry))
  if (client === undefined) return []
  const uris = refusalsOf(context, client).flatMap(({ fix }) => fix?.hidden?.['uri'] ?? [])
  return [...new Set(uris)].map((uri) => ({ value: uri, label: uri }))
}

async function registerAddress(context: Context, asked: Asked, entry: Entry, values: Values): Promise<Outcome> {
  const client = await clientOf(context, entry)
  if (client === undefined) return conflict
  const why = whyNotApplication(asked.actor, client)
  if (why !== undefined) return { kind: 'refused', why }
  const address = textOf(values['address'] ?? '')
  if (client.redirectUris.includes(address)) return { kind: 'done' }
  const redirectUris = [...client.redirectUris, address]
  const isOffered = (await addressesOnOffer(context, entry)).some(({ value }) => value === address)
  const error =
    addedRedirectUriFault(address, client) ??
    (isOffered ? await sectorFaultOf(context, { ...client, redirectUris }) : 'Select a valid choice.')
  if (error !== undefined) return { kind: 'invalid', errors: { address: [error] } }
  const result = await context.database.commit([
    changeBy(asked, {
      kind: 'client.changed',
      noun: 'clients',
      target: String(client.row),
      clientRow: client.row,
      changes: changedValues({ redirect_uris: client.redirectUris }, { redirect_uris: redirectUris }),
    }),
    updateClient(client, { ...client, redirectUris }, asked.at),
  ])
  context.clients.forget()
  return result.won ? { kind: 'done' } : conflict
}
