// RFC 6749 §4.3, for clients that were marked for it. RFC 9700 §2.4 forbids it to everybody else.
import { OAuthError, type PasswordRequest, type TokenResponse } from '@latchkey/protocol'
import type { Client } from '../../../records/clients/index.ts'
import { checkSignIn } from '../../../records/credentials/index.ts'
import { recordEvent } from '../../../records/events/index.ts'
import { findStanding, insertGrant, type NewGrant, newGrantId, standingAllows } from '../../../records/grants/index.ts'
import type { User } from '../../../records/users/index.ts'
import type { Context } from '../../context/index.ts'
import { planAccess, requestedAudiences } from '../access.ts'
import { issueTokens } from '../issue.ts'
import { grantExpiry } from '../lifetime.ts'
import { decideScopes } from '../scopes.ts'
import { invalidGrant } from './refusal.ts'

const wrong = 'Invalid credentials given.'

export async function redeemPassword(
  context: Context,
  client: Client,
  request: PasswordRequest,
  address: string,
): Promise<TokenResponse> {
  const scopes = decideScopes(client, request.scopes).join(' ')
  const audiences = await requestedAudiences(context, request.resources)
  const { username: identifier, password } = request
  // A resource server relays many people from one address; a public client's id anybody may use.
  const clientId = client.isConfidential ? client.clientId : undefined
  const attempt = await checkSignIn(context, { identifier, password, address, clientId })
  switch (attempt.kind) {
    case 'match':
      return grantTo(context, client, attempt.user, { scopes, audiences }, address)
    case 'mismatch':
      throw invalidGrant('password-wrong', client.clientId, wrong)
    case 'throttled':
      throw new OAuthError('invalid_grant', 'Too many attempts. Try again later.', {
        rule: 'sign-in-throttled',
        status: 429,
        detail: { client_id: client.clientId, retry_after_seconds: String(attempt.retryAfterSeconds) },
      })
  }
}

async function grantTo(
  context: Context,
  client: Client,
  user: User,
  { scopes, audiences }: { readonly scopes: string; readonly audiences: readonly string[] },
  address: string,
): Promise<TokenResponse> {
  const now = context.clock.now()
  const standing = await findStanding(context.database, user.id, client.row)
  // The epoch under which the password was checked: a password changed meanwhile must not let the old one in.
  const stamp = standing && { ...standing, userEpoch: user.epoch }
  if (standing === undefined || stamp === undefined) throw invalidGrant('user-unknown', client.clientId, wrong)
  const passed = standingAllows(stamp, standing)
  if (passed.kind === 'refuse') throw invalidGrant(passed.why, client.clientId, wrong)
  const grant: NewGrant = {
    ...stamp,
    id: newGrantId(context.random, now),
    userId: user.id,
    clientRow: client.row,
    sessionId: undefined,
    scopes,
    audiences: audiences.join(' '),
    claims: '',
    isOffline: true,
    authenticatedAt: now,
    methods: ['pwd'],
    createdAt: now,
    expiresAt: grantExpiry(client, scopes, now),
  }
  const detail = { scopes, grantType: 'password' }
  const access = await planAccess(context, client, scopes, audiences)
  const result = await context.database.commit([
    insertGrant(grant),
    recordEvent({ kind: 'grant.created', at: now, userId: user.id, clientRow: client.row, address, detail }),
  ])
  if (!result.won) throw invalidGrant('standing-changed', client.clientId, wrong)
  context.usage.signedIn('password-grant')
  return issueTokens(context, {
    client,
    user,
    grant: { ...grant, generation: 0 },
    access,
    withIdToken: false,
  })
}
