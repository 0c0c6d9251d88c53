// Connects and disconnects sign-ins of the person who is signed in. Connecting asks the person to sign in anew at the other
// server, so that both sides are proved and nobody links what happens to be open in the browser. OpenID Connect Core §3.1.2.1.
// A server without OpenID has no way to be asked for that: there the proof is that it answers for the person at all.

import { beginWith } from './begin.ts'
import { LoginFailure } from './causes.ts'
import { parseCookies } from './cookies.ts'
import { type Parts, redirect, wayFor } from './parts.ts'
import { isOpenId } from './provider.ts'
import { isSameOrigin, type LoginRequest } from './request.ts'
import { localPath } from './return-to.ts'
import type { AccountStore } from './account-store.ts'

interface Asked {
  readonly form: URLSearchParams
  readonly accounts: AccountStore
  readonly account: number
  readonly next: string
}

/** Answers `POST /auth/link`. */
export async function beginLink(parts: Parts, request: LoginRequest): Promise<Response> {
  const { form, account, next } = await asked(parts, request)
  const way = await wayFor(parts, form.get('provider') ?? undefined)
  return beginWith(parts, request, way, {
    purpose: { kind: 'link', account },
    returnTo: next,
    parameters: isOpenId(way.provider) ? { prompt: 'login' } : {},
  })
}

/** Answers `POST /auth/unlink`. */
export async function unlink(parts: Parts, request: LoginRequest): Promise<Response> {
  const { form, accounts, account, next } = await asked(parts, request)
  const outcome = await accounts.unlink(account, form.get('provider') ?? '', form.get('subject') ?? '')
  if (outcome === 'last-link') throw new LoginFailure('last-link')
  return redirect(next)
}

async function asked({ settings, accounts, keeper }: Parts, request: LoginRequest): Promise<Asked> {
  if (request.method !== 'POST') throw new LoginFailure('cross-site', { detail: 'not a POST' })
  if (!isSameOrigin(request, settings.baseUrl)) throw new LoginFailure('cross-site')
  const form = await request.form()
  const kept = await keeper.read(parseCookies(request.header('cookie')))
  const account = kept?.content.account
  const owner = account === undefined ? undefined : await accounts?.find(account)
  if (accounts === undefined || account === undefined || owner?.isActive !== true) {
    throw new LoginFailure('not-signed-in')
  }
  return { form, accounts, account, next: localPath(form.get('next') ?? undefined) ?? settings.afterLogin }
}
