// The frames in which the clients of a session learn of its end. OpenID Connect Front-Channel Logout §2, §3.
import type { Client } from '../../records/clients/index.ts'
import type { SessionClient } from '../../records/logouts/index.ts'
import { sidOf } from '../../records/sessions/index.ts'

export interface LogoutFrame {
  readonly name: string
  readonly src: string
}

/** More than a browser would load before the person goes on. */
const mostFrames = 40

export type PartyOfSession = Pick<Client, 'row' | 'name' | 'metadata'>

export function logoutFrames(
  sessionClients: readonly SessionClient[],
  clients: readonly PartyOfSession[],
  issuer: string,
): readonly LogoutFrame[] {
  return sessionClients
    .flatMap(({ sessionId, clientRow }) => {
      const client = clients.find(({ row }) => row === clientRow)
      const target = client?.metadata.frontchannelLogoutUri
      return client === undefined || target === undefined ? [] : frameOf(client, target, issuer, sessionId)
    })
    .slice(0, mostFrames)
}

function frameOf(client: PartyOfSession, target: string, issuer: string, sessionId: string): readonly LogoutFrame[] {
  const url = URL.parse(target)
  // Whatever was registered: only what a browser fetches may stand in a frame, never javascript: or data:.
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return []
  url.searchParams.append('iss', issuer)
  url.searchParams.append('sid', sidOf(sessionId, client.row))
  return [{ name: client.name, src: url.href }]
}
