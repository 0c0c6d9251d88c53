// The logout token: this person's sign-in at this client is over. OpenID Connect Back-Channel Logout §2.4.
import { randomId, signJws } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { sidOf } from '../../records/sessions/index.ts'
import type { User } from '../../records/users/index.ts'
import { subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'

const lifetimeSeconds = 120
const event = 'http://schemas.openid.net/event/backchannel-logout'

export interface LogoutTokenInput {
  readonly client: Client
  readonly user: Pick<User, 'subject'>
  /** The session under which the client knows the person. */
  readonly sessionId: string
}

/** Another one for each attempt: it lives for two minutes, and a client may refuse an id that it has seen. */
export async function writeLogoutToken(
  context: Pick<Context, 'clock' | 'issuer' | 'keys' | 'random'>,
  { client, user, sessionId }: LogoutTokenInput,
): Promise<string> {
  const issuedAt = Math.floor(context.clock.now() / 1_000)
  return signJws(await context.keys.signingKey(client.idTokenAlgorithm), 'logout+jwt', {
    iss: context.issuer,
    sub: subjectFor(context, client, user),
    aud: client.clientId,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    jti: randomId(context.random),
    events: { [event]: {} },
    sid: sidOf(sessionId, client.row),
  })
}
