// Every refusal gets a short id and a record: which rule failed, and how the request differed from the registration.
// The record stays in memory, bounded, and may be lost: a flood of bad requests must never become a flood of writes.
import { OAuthError } from '@latchkey/protocol'
import type { Random } from '../../platform/crypto/index.ts'
import { HttpFault, type Incoming } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { FieldErrors } from './faces.ts'
import { type Incident, KeptIncidents } from './kept-incidents.ts'
import { isOverload } from './translate.ts'

export interface Incidents {
  /** Records a failure and returns its id. */
  report(error: unknown, request: Pick<Incoming, 'path' | 'method'>): string
  find(id: string): Incident | undefined
  /** The newest refusals of one client, by the id that was sent. */
  ofClient(clientId: string, most: number): readonly Incident[]
}

/** No I, L, O or U: an id is read aloud and typed. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export function createIncidents(deps: { clock: Clock; random: Random; log: Log }): Incidents {
  const kept = new KeptIncidents()
  return {
    report(error, request) {
      const incident = { ...describe(error), id: shortId(deps.random), at: deps.clock.now(), path: request.path }
      kept.add(incident)
      const line = { incident: incident.id, rule: incident.rule, errorCode: incident.code, path: incident.path }
      if (incident.code === 'server_error') deps.log.error('a request failed', { ...line, error })
      else deps.log.info('a request was refused', line)
      return incident.id
    },
    find: (id) => kept.find(id.toUpperCase()),
    ofClient: (clientId, most) => kept.where(({ detail }) => detail['client_id'] === clientId, most),
  }
}

function describe(error: unknown): Omit<Incident, 'id' | 'at' | 'path'> {
  if (error instanceof OAuthError) {
    return { code: error.code, rule: error.rule ?? error.code, description: error.message, detail: error.detail }
  }
  if (error instanceof HttpFault) {
    return {
      code: error.kind,
      rule: error.detail['rule'] ?? error.kind,
      description: error.message,
      detail: error.detail,
    }
  }
  if (error instanceof FieldErrors) {
    const fields = Object.keys(error.fields).join(' ')
    return { code: 'invalid_request', rule: 'fields', description: error.message, detail: { fields } }
  }
  if (isOverload(error)) {
    return { code: 'temporarily_unavailable', rule: 'overload', description: 'The server was busy.', detail: {} }
  }
  return {
    code: 'server_error',
    rule: 'unexpected',
    description: 'The server met an unexpected condition.',
    detail: {},
  }
}

function shortId(random: Random): string {
  const letters = [...random.bytes(8)].map((byte) => alphabet[byte & 31])
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
}
