// /o/revoke_token/. RFC 7009 §2: either half of a pair ends the whole grant; an unknown token, or another client's, is 200 too.
import { OAuthError } from '@latchkey/protocol'
import { emptyReply, type Incoming, preflight, type Reply, shareWith } from '../../platform/http/index.ts'
import { StorageBusy, type Write } from '../../platform/storage/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { endGrant, findGrant, readRefreshToken, revokeClientToken } from '../../records/grants/index.ts'
import { openAccessToken } from '../bearer/index.ts'
import { authenticateClient, authenticationMetadata, formOf } from '../client-authentication/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'

export function revocationFeature(context: Context): Feature {
  const path = '/o/revoke_token/'
  return {
    name: 'revocation',
    routes: [
      {
        method: 'POST',
        path,
        direct: true,
        face: oauthJson,
        work: 'issue',
        finishRefusal: async (reply, request) => shareWith(reply, request, await context.clients.origins()),
        handle: (request) => revoke(context, request),
      },
      {
        method: 'OPTIONS',
        path,
        face: oauthJson,
        handle: async (request) => preflight(request, await context.clients.origins(), ['POST']),
      },
    ],
    describes: {
      [path]: { purpose: 'Ends a token and the grant it belongs to.', caller: 'client', spec: 'RFC 7009 §2' },
    },
    metadata: {
      revocation_endpoint: `${context.publicUrl}${path}`,
      ...authenticationMetadata('revocation'),
    },
  }
}

async function revoke(context: Context, request: Incoming): Promise<Reply> {
  const form = formOf(request)
  const token = form.get('token')
  if (token === undefined) {
    throw new OAuthError('invalid_request', 'Missing token parameter.', { rule: 'token-missing' })
  }
  const client = await authenticateClient(context, request, form)
  const writes = await writesFor(context, client, token)
  const { won } = await context.database.commit(writes)
  // RFC 7009 §2.2.1: never a 200 for what did not happen.
  if (!won) throw new StorageBusy('A revocation was not written.')
  return shareWith(emptyReply(200), request, client.allowedOrigins)
}

/**
 * RFC 7009 §2.1: only the client's own. The hint is not needed: a token says itself what it is. What ended here still holds
 * where a JWT is checked offline, until it expires.
 */
async function writesFor(context: Context, client: Client, text: string): Promise<readonly Write[]> {
  const { sealer } = context.keys
  const now = context.clock.now()
  const access = await openAccessToken(context.keys, text)
  if (access?.kind === 'client') {
    if (access.clientRow !== client.row) return []
    const event = {
      kind: 'token.revoked' as const,
      at: now,
      clientRow: client.row,
      detail: { tokenId: access.tokenId },
    }
    return [revokeClientToken(access.tokenId, access.expiresAt), recordEvent(event)]
  }
  const grantId = access?.grantId ?? readRefreshToken(sealer, text)?.grantId
  const view = grantId === undefined ? undefined : await findGrant(context.database, grantId)
  if (view === undefined || view.grant.clientRow !== client.row || view.grant.endedAt !== undefined) return []
  const { id, userId, clientRow } = view.grant
  return [
    endGrant(id, 'revoked-by-client', now),
    recordEvent({ kind: 'grant.ended', at: now, userId, clientRow, detail: { reason: 'revoked-by-client' } }),
  ]
}
