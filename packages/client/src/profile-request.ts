// Asks the server who the person is, and refuses an answer about somebody else. OpenID Connect Core §5.3.2, §5.3.4;
// RFC 6750 §2.1 (the token goes into the header).

import { allowInsecureRequests, type AuthorizationServer, customFetch } from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { isOpenId } from './provider.ts'
import type { Server } from './server.ts'
import { verifySigned } from './signed-token.ts'
import type { Granted } from './tokens.ts'
import { openIdFields, type Profile, profileOf } from './user.ts'

/** The profile of whoever has just signed in. @throws LoginFailure */
export async function requestProfile(
  server: Server,
  metadata: AuthorizationServer,
  { tokens, claims }: Granted,
): Promise<Profile> {
  const { provider } = server
  const isOpen = isOpenId(provider)
  const url = isOpen ? metadata.userinfo_endpoint : provider.endpoints.profile
  const sent = url === undefined ? {} : await fetchProfile(server, metadata, url, tokens.access)
  const subject = claims?.['sub']
  if (isOpen && url !== undefined && sent['sub'] !== subject) {
    throw new LoginFailure('subject', { detail: 'userinfo is about somebody else' })
  }
  const profile = profileOf({ ...claims, ...sent }, isOpen ? openIdFields : provider.fields)
  if (profile !== undefined) return profile
  const field = isOpen ? 'sub' : provider.fields.subject
  throw new LoginFailure('profile', { detail: `no ${field}` })
}

async function fetchProfile(
  server: Server,
  metadata: AuthorizationServer,
  url: string,
  accessToken: string,
): Promise<JsonObject> {
  return server.ask(async (options, seen) => {
    if (!url.startsWith('https:') && !options[allowInsecureRequests]) {
      throw new LoginFailure('server-broken', { detail: 'the profile is not at an https URL' })
    }
    const headers = { accept: 'application/json, application/jwt', authorization: `Bearer ${accessToken}` }
    const response = await options[customFetch](url, { method: 'GET', headers, redirect: 'manual' })
    const { incident } = seen
    if (response.status !== 200) throw new LoginFailure('profile', { detail: `status ${response.status}`, incident })
    const body: unknown = response.headers.get('content-type')?.startsWith('application/jwt')
      ? await signedProfile(await response.text(), server, metadata)
      : await response.json().catch(() => undefined)
    if (!isJsonObject(body)) throw new LoginFailure('profile', { detail: 'no JSON object', incident })
    return body
  })
}

/** §5.3.2: signed userinfo has iss and aud, and is checked as an ID token is. */
async function signedProfile(token: string, server: Server, metadata: AuthorizationServer): Promise<JsonObject> {
  const { claims } = await verifySigned(token, server, metadata)
  if (claims['iss'] !== metadata.issuer) throw new LoginFailure('wrong-issuer', { detail: 'iss of signed userinfo' })
  const audiences: readonly unknown[] = [claims['aud']].flat()
  if (!audiences.includes(server.provider.clientId)) {
    throw new LoginFailure('audience', { detail: 'aud of signed userinfo' })
  }
  return claims
}
