// What the steps of signing in work with, made once for each app.

import type { AccountStore } from './account-store.ts'
import { LoginFailure } from './causes.ts'
import type { CookieJar } from './cookies.ts'
import type { Keeper } from './keeper.ts'
import type { Resolved } from './options.ts'
import type { Clock } from './platform/time/index.ts'
import { type Provider, providerId } from './provider.ts'
import type { Server } from './server.ts'
import type { Sealer } from './platform/crypto/index.ts'
import type { Transactions } from './transaction.ts'

/** The parts of an app's sign-in. */
export interface Parts {
  readonly settings: Resolved
  readonly clock: Clock
  readonly toleranceSeconds: number
  readonly sessionMs: number
  readonly jar: CookieJar
  readonly sealer: Sealer
  readonly keeper: Keeper
  readonly transactions: Transactions
  readonly accounts: AccountStore | undefined
  serverOf(provider: Provider): Server
  /** Tells the app of a failure. */
  report(failure: LoginFailure): void
}

/** A provider, where it redirects to, and the line to its server. */
export interface Way {
  readonly provider: Provider
  readonly redirectUri: string
  readonly callbackPath: string
  readonly server: Server
}

/** All ways to sign in. */
export async function waysOf(parts: Parts): Promise<readonly Way[]> {
  const { settings } = parts
  return (await settings.providers()).map(({ provider, callbackPath }) => ({
    provider,
    callbackPath,
    redirectUri: settings.baseUrl + callbackPath,
    server: parts.serverOf(provider),
  }))
}

/** The way that an id names, or the first. @throws LoginFailure `unknown-provider` */
export async function wayFor(parts: Parts, id: string | undefined): Promise<Way> {
  const ways = await waysOf(parts)
  const way = id === undefined ? ways[0] : ways.find(({ provider }) => providerId(provider) === id)
  if (way === undefined) throw new LoginFailure('unknown-provider', { detail: id })
  return way
}

/** A redirect that sets cookies. 303: whatever the method was, the next is GET (RFC 9110 §15.4.4). */
export function redirect(location: string, setCookie: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const line of setCookie) headers.append('set-cookie', line)
  return new Response(null, { status: 303, headers })
}
