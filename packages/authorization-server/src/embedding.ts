// What a program that embeds the server may ask of it besides HTTP: a client of its own, new accounts, who is signed in.
// The same rules, limits and events as behind the pages; nothing here opens a second way around them.
import { isDeepStrictEqual } from 'node:util'
import { parseCookie } from 'cookie'
import { visitorOf } from './features/browser/index.ts'
import type { Context } from './features/context/index.ts'
import {
  type Client,
  type ClientSettings,
  defaultClientSettings,
  dropOldSecrets,
  findClient,
  generateSecret,
  insertClient,
  insertSecret,
  mostLiveSecrets,
  updateClient,
} from './records/clients/index.ts'
import { countSignUp, newPasswordErrors, registerUser } from './records/credentials/index.ts'
import { recordEvent } from './records/events/index.ts'
import { emailErrors, findUserByIdentifier, normalizeEmail, usernameErrors } from './records/users/index.ts'

/** A client of the embedding program: its id, and what differs from a plain confidential client. */
export interface OwnClient extends Partial<Omit<ClientSettings, 'clientId' | 'isConfidential' | 'ownerId'>> {
  readonly clientId: string
}

/** What the embedding program authenticates with; the secret is in no file and in no setting. */
export interface OwnClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** Whose account is to be made: a username, an e-mail address, or both. */
export interface NewAccount {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly password: string
  /** Where the request came from: sign-ups are counted by it. */
  readonly address: string
}

/** What became of it; the sentences are for the person who typed, by field. */
export type SignUpResult =
  | { readonly kind: 'created'; readonly subject: string }
  | { readonly kind: 'refused'; readonly errors: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'taken'; readonly field: 'email' | 'username' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** A person as an API keeps them: `@latchkey/resource-server` takes it as the user of a session. */
export interface SignedInPerson {
  readonly id: number
  readonly issuer: string
  readonly subject: string
  readonly username: string | undefined
  readonly email: string | undefined
  readonly isActive: boolean
  readonly createdAt: number
}

/** What `protect` of `@latchkey/resource-server` is told of an API in the same process. */
export interface OwnApi {
  readonly issuer: string
  readonly introspection: OwnClientCredentials
  /** Tokens of this server are bound to no API unless somebody asks for it. */
  readonly withoutAudience: 'accept'
  /** Nothing is remembered: asking costs no network, and what is revoked is refused at once. */
  readonly cacheSeconds: 0
  readonly negativeCacheSeconds: 0
  readonly login: string
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>
  readonly session: (request: {
    readonly header: (name: string) => string | undefined
  }) => Promise<{ readonly user: SignedInPerson } | undefined>
}

/** The client of the embedding program, made or brought up to date; the secrets of earlier starts die after the next but one. */
export async function registerOwnClient(context: Context, own: OwnClient): Promise<OwnClientCredentials> {
  const { clientId } = own
  const { database, random, clock } = context
  const now = clock.now()
  const known = await findClient(database, clientId)
  const base = known ?? defaultClientSettings({ clientId, name: own.name ?? clientId, isConfidential: true })
  const settings: ClientSettings = { ...base, ...own, isConfidential: true }
  const { secret, stored } = generateSecret(random)
  const result = await database.commit([
    ...(known === undefined ? newClient(settings, now) : changedClient(known, settings, now)),
    insertSecret(clientId, stored, now),
    ...(known === undefined ? [] : [dropOldSecrets(known.row, mostLiveSecrets)]),
  ])
  if (!result.won) throw new Error(`The client ${clientId} was changed by somebody else at the same time.`)
  context.clients.forget()
  return { clientId, clientSecret: secret }
}

function newClient(settings: ClientSettings, now: number): ReturnType<typeof insertClient>[] {
  const detail = { clientId: settings.clientId }
  return [insertClient(settings, now), recordEvent({ kind: 'client.created', at: now, detail })]
}

function changedClient(known: Client, settings: ClientSettings, now: number): ReturnType<typeof insertClient>[] {
  if (isDeepStrictEqual({ ...known, ...settings }, known)) return []
  const detail = { clientId: known.clientId }
  return [
    updateClient(known, settings, now),
    recordEvent({ kind: 'client.changed', at: now, clientRow: known.row, detail }),
  ]
}

/** Makes an account as the sign-up page does, also where that page is switched off: the program decides who may come. */
export async function signUpPerson(context: Context, account: NewAccount): Promise<SignUpResult> {
  const errors = await errorsOf(context, account)
  if (Object.keys(errors).length > 0) return { kind: 'refused', errors }
  const throttled = await countSignUp(context, account.address)
  if (throttled !== undefined) return throttled
  const { username, password, address } = account
  const email = account.email === undefined ? undefined : normalizeEmail(account.email)
  // A username with the look of somebody's e-mail address would show its owner to apps as that person.
  if (username !== undefined && username !== email) {
    if ((await findUserByIdentifier(context.database, username)) !== undefined) {
      return { kind: 'taken', field: 'username' }
    }
  }
  const made = await registerUser(context, { username, email }, password, { address })
  return made.kind === 'taken' ? made : { kind: 'created', subject: made.user.subject }
}

async function errorsOf(
  context: Context,
  { username, email, password }: NewAccount,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { emailMaxLength, passwordPolicy } = context.identity
  const nameless = username === undefined && email === undefined
  const all = {
    username: nameless ? ['This field is required.'] : username === undefined ? [] : usernameErrors(username),
    email: email === undefined ? [] : emailErrors(email, emailMaxLength),
    password: await newPasswordErrors(password, { username, email }, passwordPolicy),
  }
  return Object.fromEntries(Object.entries(all).filter(([, sentences]) => sentences.length > 0))
}

/** Who is signed in on the server's own pages, by the Cookie header of a request to the same address. */
export async function signedInPerson(
  context: Context,
  cookie: string | undefined,
): Promise<SignedInPerson | undefined> {
  if (cookie === undefined) return undefined
  const visitor = await visitorOf(context, { cookies: parseCookie(cookie) })
  if (visitor.kind !== 'signed-in') return undefined
  const { id, subject, username, email, isActive, createdAt } = visitor.user
  return { id, issuer: context.issuer, subject, username, email, isActive, createdAt }
}
