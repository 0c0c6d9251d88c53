// Decides who is signed in in the browser that sent a request. It is read from the request's own headers, so that no order
// of middleware matters, and a token wins over it.
import type { Login } from '@latchkey/client'
import type { GuardRequest, Identity } from '@latchkey/resource-server'

export type WhoIs = (request: Pick<GuardRequest, 'method' | 'url' | 'header'>) => Promise<Identity | undefined>

export function readSessions(sso: Login): WhoIs {
  return async ({ method, url, header }) => {
    if (header('authorization') !== undefined) return undefined
    const visit = await sso.open(
      { method, url, header, scheme: 'http', form: async () => new URLSearchParams() },
      false,
    ) // auth
    if (visit.session === undefined) return undefined
    const { provider: issuer, subject, username, email } = visit.session.user
    return { issuer, subject, username, email }
  }
}

/** The guard makes the same local user of a session as of a token of that person. */
export function sessionOf(
  whoIs: WhoIs,
): (request: GuardRequest) => Promise<{ readonly identity: Identity } | undefined> {
  return async (request) => {
    const identity = await whoIs(request)
    return identity && { identity }
  }
}
