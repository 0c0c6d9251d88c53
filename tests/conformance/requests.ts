// Authorization requests, the way of the person through them, and what the relying party then holds, by whatever way it came.
// OpenID Connect Core §3.1.2, §3.2.2, §3.3.2; OAuth 2.0 Form Post Response Mode §2; RFC 9207 §2.4.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Browser } from './browser.ts'
import type { PartyClient } from './clients.ts'
import { type Journey, walk } from './person.ts'
import type { Received } from './party.ts'
import type { Stage } from './stage.ts'

/** Undefined leaves a parameter out. */
export type Parameters = Readonly<Record<string, string | undefined>>

export interface How {
  /** The person's; one that is signed in already unless the test wants another. */
  readonly browser?: Browser
  /** A form on a page of the relying party, in the place of a link. */
  readonly method?: 'GET' | 'POST'
  /** In another order than usual. */
  readonly isReversed?: boolean
}

export interface Asked {
  readonly client: PartyClient
  readonly sent: ReadonlyMap<string, string>
  readonly journey: Journey
  /** What came to the relying party on the way. */
  readonly received: readonly Received[]
}

export function parametersOf(stage: Stage, client: PartyClient, changes: Parameters = {}): ReadonlyMap<string, string> {
  const all: Parameters = {
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: stage.responseType,
    response_mode: stage.responseMode,
    scope: 'openid',
    state: randomBytes(12).toString('hex'),
    nonce: randomBytes(12).toString('hex'),
    ...changes,
  }
  return new Map(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}

/** Sends the person to the server, from a page of the relying party, and lets them answer whatever they are asked. */
export async function ask(
  stage: Stage,
  client: PartyClient,
  changes: Parameters = {},
  { browser = stage.signedIn.copy(), method = 'GET', isReversed = false }: How = {},
): Promise<Asked> {
  const sent = parametersOf(stage, client, changes)
  const endpoint = await stage.endpoint('authorization_endpoint')
  const from = new URL(stage.party.at('/'))
  const before = stage.party.received.length
  const pairs = isReversed ? [...sent].toReversed() : [...sent]
  const query = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString()
  const start =
    method === 'GET'
      ? await browser.open(`${endpoint}?${query}`, from)
      : await browser.post(endpoint, Object.fromEntries(pairs), from)
  const journey = await walk(browser, start, stage.person, stage.origin)
  return { client, sent, journey, received: stage.party.received.slice(before) }
}

export interface Response {
  readonly mode: 'query' | 'fragment' | 'form_post'
  readonly members: ReadonlyMap<string, string>
}

/** The answer that reached the client: at its own address, by the way that was asked for, with state and issuer. */
export function responseOf(stage: Stage, asked: Asked): Response {
  const { client, journey, sent } = asked
  const redirectUri = new URL(client.redirectUri)
  assert.equal(journey.end.url.origin, redirectUri.origin, `no answer came: ${journey.end.page.text}`)
  assert.equal(journey.end.url.pathname, redirectUri.pathname)
  const [only, ...others] = asked.received.filter(({ url }) => url.pathname === redirectUri.pathname)
  assert.ok(only !== undefined && others.length === 0, 'the client is called once')
  const response = readResponse(asked, only)
  assert.equal(response.mode, modeOf(stage))
  assert.equal(response.members.get('state'), sent.get('state'))
  assert.equal(response.members.get('iss'), stage.issuer)
  return response
}

function modeOf({ responseMode, responseType }: Stage): Response['mode'] {
  if (responseMode !== undefined) return responseMode
  return responseType === 'code' ? 'query' : 'fragment'
}

function readResponse({ client, journey }: Asked, { method, url, form }: Received): Response {
  const registered = new URL(client.redirectUri).searchParams
  const query = [...url.searchParams].filter(([name, value]) => registered.get(name) !== value)
  if (method === 'POST') {
    assert.deepEqual(query, [], 'a form leaves nothing in the address')
    return { mode: 'form_post', members: membersOf(form) }
  }
  const { hash } = journey.end.url
  if (hash === '') return { mode: 'query', members: membersOf(query) }
  assert.deepEqual(query, [], 'a fragment leaves nothing in the query')
  return { mode: 'fragment', members: membersOf(new URLSearchParams(hash.slice(1))) }
}

function membersOf(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const all = [...pairs]
  const members = new Map(all)
  assert.equal(members.size, all.length, 'a member came twice')
  return members
}

/** RFC 6749 §4.1.2.1; the last is our own, which a client must ignore: the suite lets it pass with a warning. */
const errorMembers = new Set(['error', 'error_description', 'error_uri', 'state', 'iss', 'latchkey_incident'])

/** An error that reached the client, and nothing issued beside it. */
export function errorOf(stage: Stage, asked: Asked): string {
  const { members } = responseOf(stage, asked)
  const others = [...members.keys()].filter((name) => !errorMembers.has(name))
  assert.deepEqual(others, [], 'an error comes alone')
  assert.match(members.get('error_description') ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
  return members.get('error') ?? ''
}

/** The request ended on a page of ours that says what is wrong: nobody was sent anywhere (RFC 6749 §4.1.2.1). */
export function assertErrorPage(stage: Stage, { journey, received }: Asked): void {
  const { url, page } = journey.end
  assert.equal(url.origin, stage.origin, url.href)
  assert.equal(page.status, 400, page.text)
  assert.match(String(page.headers['content-type']), /^text\/html/)
  assert.equal(page.headers['refresh'], undefined)
  assert.ok(!page.forms.some(({ action }) => action.startsWith('http')), 'no form leads elsewhere')
  assert.match(page.text, /invalid_request/)
  assert.deepEqual(journey.steps, [])
  assert.deepEqual(received, [], 'the relying party is not called')
}
