// What the tests of questions share: asking by the API, and reading what was found.
import assert from 'node:assert/strict'
import { findClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, call } from './ground.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Table {
  readonly title: string
  readonly rows: readonly {
    readonly cells: readonly unknown[]
    readonly state?: string
    readonly why?: string
    readonly link?: { readonly href: string }
  }[]
}

export interface Asking {
  readonly server: TestServer
  /** Of the demo's superuser. */
  readonly root: FormBrowser
  /** The row of the demo's `web` client. */
  readonly web: string
  /** Asks of a client; of `web` unless said otherwise. */
  ask(browser: FormBrowser, question: string, fields: Readonly<Record<string, string>>, id?: string): Promise<Answer>
}

export async function startAsking(): Promise<Asking> {
  const server = await startTestServer()
  const root = await administrator(server)
  const web = await rowOf(server, 'web')
  return {
    server,
    root,
    web,
    ask(browser, question, fields, id = web) {
      const query = new URLSearchParams(fields).toString()
      return call(server, browser, 'GET', `/api/v1/clients/${id}/${question}${query === '' ? '' : `?${query}`}`)
    },
  }
}

export async function rowOf(server: TestServer, clientId: string): Promise<string> {
  const client = await findClient(server.context.database, clientId)
  assert.ok(client)
  return String(client.row)
}

export function toneOf({ body }: Answer): unknown {
  return (body['verdict'] as Json | undefined)?.['tone']
}

export function tableOf({ body }: Answer, title: string): Table {
  const found = (body['tables'] as readonly Table[]).find((one) => one.title === title)
  assert.ok(found, `There is no table ${title}.`)
  return found
}

export function documentOf({ body }: Answer, title: string): Json {
  const found = (body['documents'] as readonly { title: string; json: Json }[]).find((one) => one.title === title)
  assert.ok(found, `There is no document ${title}.`)
  return found.json
}

export async function userinfo({ url }: TestServer, token: string): Promise<Json> {
  const response = await fetch(`${url}/o/userinfo/`, { headers: { authorization: `Bearer ${token}` } })
  return (await response.json()) as Json
}

export async function introspected({ url }: TestServer, token: string): Promise<Json> {
  const response = await postForm(`${url}/o/introspect/`, { token }, basic('rs-id', 'rs-secret'))
  return (await response.json()) as Json
}
