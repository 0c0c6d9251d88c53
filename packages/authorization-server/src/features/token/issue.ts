// Turns a grant, or a client by itself, into the tokens of an answer. Nothing is written here: tokens are not stored.
import { type TokenResponse, tokenResponse } from '@latchkey/protocol'
import { type Grant, writeRefreshToken } from '../../records/grants/index.ts'
import type { Context } from '../context/index.ts'
import { type ClientAccess, type GrantAccess, writeClientAccess, writeGrantAccess } from './access.ts'
import { writeIdToken } from './id-token.ts'
import { earnsRefreshToken } from './scopes.ts'

export interface Issue extends GrantAccess {
  readonly grant: GrantAccess['grant'] &
    Pick<Grant, 'scopes' | 'sessionId' | 'claims'> &
    Partial<Pick<Grant, 'originSessionId'>>
  readonly nonce?: string | undefined
  /** Whether a person signed in at a page for it: only then is there anything to put into an ID token. */
  readonly withIdToken: boolean
}

export async function issueTokens(context: Context, issue: Issue): Promise<TokenResponse> {
  const { client, grant, access, user, nonce } = issue
  const scopes = access.scopes.split(' ')
  const accessToken = await writeGrantAccess(context, issue)
  const idToken =
    issue.withIdToken && scopes.includes('openid')
      ? await writeIdToken(context, { client, user, grant, nonce, accessToken })
      : undefined
  const refreshToken = earnsRefreshToken(client, grant.scopes)
    ? writeRefreshToken(context.keys.sealer, { grantId: grant.id, generation: grant.generation })
    : undefined
  return tokenResponse({ accessToken, lifetimeSeconds: access.lifetimeSeconds, scopes, refreshToken, idToken })
}

export async function issueClientToken(context: Context, issue: ClientAccess): Promise<TokenResponse> {
  const { scopes, lifetimeSeconds } = issue.access
  const accessToken = await writeClientAccess(context, issue)
  return tokenResponse({ accessToken, lifetimeSeconds, scopes: scopes.split(' ') })
}
