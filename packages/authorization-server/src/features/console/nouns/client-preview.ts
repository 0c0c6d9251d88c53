// What an application would get for a person, in words: whether, which scopes, and every claim with where it comes from.
// All of it was decided elsewhere, by the code of a real request; here it is told.
import type { OAuthError } from '@latchkey/protocol'
import type { Fact, Finding, FindingRow, FindingTable, Told } from '../../../platform/console/index.ts'
import type { Client } from '../../../records/clients/index.ts'
import { type GateDecision, tokenPointerClaim } from '../../../records/grants/index.ts'
import type { ClaimOrigin } from '../../claims/index.ts'
import { clauseOf } from '../../refusals/index.ts'

export type Json = Readonly<Record<string, unknown>>

/** One answer of the server: what it holds, and what of it is about the person. */
export interface PreviewedAnswer {
  readonly title: string
  readonly about: string
  readonly claims: Json
  readonly origins: readonly ClaimOrigin[]
  /** Asked for by name, and not released. */
  readonly unreleased: readonly string[]
}

export interface PreviewedScopes {
  /** The client's, as they are registered. */
  readonly registered: readonly string[]
  /** Undefined for a request that names none. */
  readonly requested: readonly string[] | undefined
  readonly granted: readonly string[]
  /** Of the access token. */
  readonly kept: readonly string[]
  readonly withoutConsent: readonly string[]
}

export interface ClientPreview {
  readonly client: Pick<Client, 'consent' | 'metadata'>
  readonly scopes: PreviewedScopes
  readonly facts: readonly Fact[]
  readonly answers: readonly PreviewedAnswer[]
  readonly isAsked: boolean
}

export function previewFinding({ client, scopes, facts, answers, isAsked }: ClientPreview): Finding {
  const asked = scopes.withoutConsent
  return {
    verdict: isAsked
      ? {
          tone: 'warning',
          says: 'Yes, as soon as the person has allowed it.',
          why: asked.length > 0 ? `They will be asked for: ${asked.join(' ')}` : 'The request asks for it anew.',
        }
      : {
          tone: 'success',
          says: 'Yes: the person signs in, and the application gets what stands here.',
          why:
            client.consent === 'skip'
              ? 'Nobody is asked for consent: the application is registered so.'
              : 'Nothing is left to ask: the person has allowed it before, or the way does not ask.',
        },
    facts,
    tables: [scopesTable(scopes), ...answers.map((answer) => answerTable(client, answer))],
    documents: answers.map(({ title, claims }) => ({ title, json: lasting(claims) })),
  }
}

/** A request that comes to nothing, in the words with which it would be refused. */
export function refusedFinding(error: OAuthError, scopes: PreviewedScopes): Finding {
  const { sent, registered, difference } = error.detail
  const told: readonly (readonly [string, string | undefined])[] = [
    ['Sent', sent],
    ['Registered', registered],
    ['Difference', difference],
  ]
  return {
    verdict: { tone: 'danger', says: 'No: the request would be refused.', why: error.message },
    facts: [
      { label: 'Error', value: error.code },
      { label: 'Rule', value: error.rule ?? error.code },
      { label: 'Clause', value: clauseOf(error) },
      ...told.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }])),
    ],
    tables: [scopesTable({ ...scopes, granted: [], kept: [] })],
  }
}

const gateReasons: Readonly<Record<Extract<GateDecision, { kind: 'refuse' }>['why'], string>> = {
  'user-disabled': 'The account of the person is disabled.',
  'client-disabled': 'The application is disabled.',
  'grant-ended': 'The grant has ended.',
  'grant-expired': 'The grant has expired.',
  'user-epoch': 'The person changed the password or was signed out everywhere meanwhile.',
  'client-epoch': 'All access of the application was ended meanwhile.',
  'consent-epoch': 'The consent was withdrawn meanwhile.',
  'installation-epoch': 'The server was restored from a backup meanwhile.',
}

export function closedFinding(decision: Extract<GateDecision, { kind: 'refuse' }>): Finding {
  const { why } = decision
  return {
    verdict: { tone: 'danger', says: 'No: nothing would be issued.', why: gateReasons[why] },
    facts: [{ label: 'Rule', value: why }],
  }
}

function scopesTable(scopes: PreviewedScopes): FindingTable {
  const names = [...new Set([...(scopes.requested ?? scopes.registered), ...scopes.granted])]
  return {
    title: 'Scopes',
    columns: ['Scope'],
    rows: names.map((name) => ({ cells: [name], ...scopeState(name, scopes) })),
    empty: 'There are none: the application has none registered, and asks for none.',
  }
}

function scopeState(name: string, scopes: PreviewedScopes): Pick<FindingRow, 'state' | 'tone' | 'why'> {
  const { registered, requested, granted, kept, withoutConsent } = scopes
  if (!registered.includes(name)) {
    const why = 'It is not registered for this application, which refuses the whole request (RFC 6749 §3.3).'
    return { state: 'refused', tone: 'danger', why }
  }
  if (granted.length === 0) return { state: 'not given', why: 'It is registered; but the request is refused.' }
  if (!granted.includes(name)) {
    const why =
      requested === undefined
        ? 'A request that names no scope gets nothing of OpenID Connect.'
        : 'Without a code there is nothing that could be refreshed (OpenID Connect Core §11).'
    return { state: 'left out', tone: 'info', why }
  }
  const basis = requested === undefined ? 'Registered, and the request names none.' : 'Registered, and asked for.'
  if (!kept.includes(name)) {
    const why = 'Granted, but not in this access token: it belongs to an API that the token is not for (RFC 9068 §3).'
    return { state: 'kept back', tone: 'info', why }
  }
  return withoutConsent.includes(name)
    ? { state: 'after consent', tone: 'warning', why: `${basis} The person has not allowed it yet.` }
    : { state: 'granted', tone: 'success', why: basis }
}

/** What is another in every answer, and when it comes to be. */
const passing: Readonly<Record<string, string>> = {
  exp: 'When it ends, counted from when it is issued.',
  iat: 'When it is issued.',
  jti: 'Its own number.',
  auth_time: 'When the person signs in.',
  acr: 'How surely the person is recognised when they sign in.',
  amr: 'By what the person proves themselves when they sign in.',
  sid: 'The session in which the person signs in, as this application knows it.',
  nonce: 'What the request sends as nonce; absent where it sends none.',
  at_hash: 'Binds it to the access token beside it.',
  [tokenPointerClaim]: 'Points at the grant, for this server alone.',
}

const lastingReasons: Readonly<Record<string, string>> = {
  iss: 'The issuer: this server.',
  aud: 'Whom it is for.',
  azp: 'The application that asked.',
  client_id: 'The application that asked.',
  scope: 'The scopes above that it carries.',
  token_type: 'How it is presented (RFC 6750).',
  active: 'It is good as long as its grant is.',
  username: 'The username of the account; where there is none, the e-mail address.',
}

function reasonFor({ metadata }: ClientPreview['client'], name: string): string {
  if (name !== 'sub') return lastingReasons[name] ?? 'The server says so of every token.'
  return metadata.subjectType === 'public'
    ? 'The name of the person that every application knows.'
    : 'The name of the person that only applications of this sector know (OpenID Connect Core §8).'
}

function lasting(claims: Json): Json {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !Object.hasOwn(passing, name)))
}

function answerTable(client: ClientPreview['client'], answer: PreviewedAnswer): FindingTable {
  const { title, about, claims, origins, unreleased } = answer
  const personal = new Set<string>(origins.map(({ name }) => name))
  const own = Object.entries(claims).filter(([name]) => !personal.has(name))
  return {
    title,
    about,
    columns: ['Claim', 'Value'],
    rows: [
      ...own.map(([name, value]): FindingRow => {
        const changes = passing[name]
        return changes === undefined
          ? { cells: [name, toldOf(value)], state: 'told', tone: 'success', why: reasonFor(client, name) }
          : { cells: [name, null], state: 'made anew', tone: 'info', why: changes }
      }),
      ...origins.map(personalRow),
      ...unreleased.map(
        (name): FindingRow => ({
          cells: [name, null],
          state: 'not told',
          tone: 'warning',
          why: 'Asked for by name; but it belongs to no scope of this application, or the server does not know it.',
        }),
      ),
    ],
  }
}

function personalRow({ name, value, scope, isNamed, source }: ClaimOrigin): FindingRow {
  const by = [
    ...(scope === undefined ? [] : [`The scope ${scope} stands for it.`]),
    ...(isNamed ? ['The claims parameter asks for it by name.'] : []),
  ].join(' ')
  return value === undefined
    ? { cells: [name, null], state: 'absent', why: `${by} ${source} There is none, so it is left out.` }
    : { cells: [name, toldOf(value)], state: 'told', tone: 'success', why: `${by} ${source}` }
}

function toldOf(value: unknown): Told {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : JSON.stringify(value)
}
