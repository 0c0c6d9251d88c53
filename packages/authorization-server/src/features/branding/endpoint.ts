// GET /o/logo/{client_id}/: an application's logo, fetched by us through the guarded way out and shown from our own origin.
import { emptyReply, HttpFault, type Incoming, type Reply } from '../../platform/http/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'
import { logoPath, pictureType } from './brand.ts'

const maxBytes = 262_144
const dayMs = 86_400_000
const shown = {
  'cache-control': 'public, max-age=3600',
  // Opened by itself it is still only a picture.
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
}
const absent = { 'cache-control': 'public, max-age=60' }

export function brandingFeature(context: Context): Feature {
  return {
    name: 'branding',
    routes: [
      { method: 'GET', path: logoPath, face: oauthJson, work: 'read', handle: (request) => showLogo(context, request) },
    ],
    describes: {
      [logoPath]: {
        purpose: "Shows an application's logo, as a copy that the server fetched.",
        caller: 'anyone',
        spec: 'OpenID Connect Dynamic Client Registration §2',
      },
    },
  }
}

async function showLogo(context: Context, request: Incoming): Promise<Reply> {
  const clientId = request.params['clientId'] ?? ''
  const known = clientId.includes('\0') ? undefined : await context.clients.find(clientId)
  const address = known?.client.enabled === true ? known.client.metadata.logoUri : undefined
  if (address === undefined) throw new HttpFault('not-found', 'No application shows a logo here.')
  const document = await context.outgoing.get(address, { accept: ['image/*'], maxAgeMs: dayMs, maxBytes })
  const type = document.kind === 'document' ? pictureType(document.body) : undefined
  if (document.kind === 'refused' || type === undefined) return emptyReply(404, absent)
  return { status: 200, headers: { ...shown, 'content-type': type }, body: document.body }
}
