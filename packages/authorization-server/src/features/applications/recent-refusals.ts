// Why requests of a client were refused, for its owner: what was sent, what is registered, and a repair by one click.
// RFC 9700 §4.1.3. Anybody can send a request in a client's name, so the repair is offered only for an address that the owner
// must know already: this machine, or a host that is registered.
import { checkRedirectUri, matchRedirectUri } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import { clauseOf, type Incident } from '../refusals/index.ts'
import type { ApplicationRefusal } from './detail-page.ts'

export function recentRefusals(incidents: readonly Incident[], client: Client): readonly ApplicationRefusal[] {
  return incidents.map((incident) => {
    const { sent, registered, difference } = incident.detail
    return {
      at: incident.at,
      incident: incident.id,
      rule: incident.description,
      clause: clauseOf(incident),
      sent,
      registered,
      difference,
      fix: fixOf(incident, client),
    }
  })
}

function fixOf({ rule, detail }: Incident, client: Client): ApplicationRefusal['fix'] {
  const { sent } = detail
  if (rule !== 'redirect-uri-not-registered' || sent === undefined || !mayOffer(sent, client)) return undefined
  return {
    action: `/o/applications/${client.row}/add-redirect-uri/`,
    label: 'Register this address',
    hidden: { uri: sent },
  }
}

/** Sent addresses are recorded up to this length; one that was cut is not the one that was sent. */
const longestRecorded = 2_048

function mayOffer(sent: string, { isConfidential, redirectUris }: Client): boolean {
  if (sent.length >= longestRecorded || matchRedirectUri(redirectUris, sent)) return false
  if (checkRedirectUri(sent, { allowCustomScheme: !isConfidential }) !== undefined) return false
  const host = hostOf(sent)
  return host !== undefined && (isThisMachine(host) || redirectUris.some((uri) => hostOf(uri) === host))
}

function hostOf(uri: string): string | undefined {
  return URL.parse(uri)?.hostname || undefined
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
