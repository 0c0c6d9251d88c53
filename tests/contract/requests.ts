// The requests of the contract, said shortly.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import {
  type ClientSettings,
  defaultClientSettings,
  insertClient,
  insertSecret,
  storeChosenSecret,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import type { TestServer, Tokens } from '../support/server.ts'

export function bearerHeader(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

/** The members of a JSON answer. */
export async function membersOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Readonly<Record<string, unknown>>
}

/** The tokens of an answer that must have some. */
export async function tokensOf(response: Response): Promise<Tokens & { readonly id_token?: string }> {
  assert.equal(response.status, 200)
  return (await response.json()) as Tokens
}

/** Sends a JSON text as it stands. */
export async function sendJson(url: string, method: string, token: string, json: string): Promise<Response> {
  const headers = { ...bearerHeader(token), 'content-type': 'application/json' }
  return fetch(url, { method, headers, body: json, redirect: 'manual' })
}

/** A request whose Host header is not the server's own name: fetch would not send it. */
export async function fromOtherHost(
  url: string,
  host: string,
  headers: Readonly<Record<string, string>>,
  form?: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const method = form === undefined ? 'GET' : 'POST'
  const sent = request(url, { method, headers: { ...headers, ...type, host } })
  sent.end(form === undefined ? undefined : new URLSearchParams(form).toString())
  const [response] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() }
}

/** Registers a client as an operator would. */
export async function register(
  server: TestServer,
  clientId: string,
  changes: Partial<ClientSettings>,
  secret?: string,
): Promise<void> {
  const { context, clock } = server
  const defaults = defaultClientSettings({ clientId, name: clientId, isConfidential: secret !== undefined })
  const { won } = await context.database.commit([insertClient({ ...defaults, ...changes }, clock.now())])
  if (!won) throw new Error(`There is a client ${clientId} already.`)
  if (secret === undefined) return
  const stored = await storeChosenSecret(secret, context.passwords)
  await context.database.commit([insertSecret(clientId, stored, clock.now())])
}
