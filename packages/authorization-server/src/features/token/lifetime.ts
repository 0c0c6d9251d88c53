// Until when a grant's row must stand: as long as anything that was issued under it could still be used.
import type { Instant } from '../../platform/time/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { earnsRefreshToken } from './scopes.ts'

export function grantExpiry(client: Client, scopes: string, now: Instant): Instant {
  const seconds = earnsRefreshToken(client, scopes)
    ? Math.max(client.refreshTokenLifetimeSeconds, client.accessTokenLifetimeSeconds)
    : client.accessTokenLifetimeSeconds
  return now + seconds * 1_000
}
