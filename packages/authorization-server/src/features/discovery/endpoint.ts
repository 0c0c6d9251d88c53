// The metadata document and the key set. RFC 8414 §3; OpenID Connect Discovery §4; RFC 7517 §5.
// The document is merged from the features that are mounted: what is advertised exists, what is off appears nowhere.
import type { ServerMetadata } from '@latchkey/protocol'
import { jsonReply, type Reply, type Route, shareWithAll } from '../../platform/http/index.ts'
import { signingAlgorithms } from '../../records/clients/index.ts'
import { isForAnyClient, listScopes } from '../../records/scopes/index.ts'
import { acrValues } from '../claims/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'

const fiveMinutes = { 'cache-control': 'public, max-age=300, stale-while-revalidate=300' }

export function discoveryFeature(context: Context, features: readonly Feature[]): Feature {
  const jwksPath = '/o/.well-known/jwks.json'
  const own: Partial<ServerMetadata> = { jwks_uri: `${context.publicUrl}${jwksPath}` }
  const merged = features.reduce<Partial<ServerMetadata>>((all, feature) => ({ ...all, ...feature.metadata }), own)
  const paths = metadataPaths(context.issuer, context.publicUrl)
  const metadataOf = (path: string): Description => ({
    purpose: "The server's metadata, merged from what is switched on.",
    caller: 'anyone',
    spec: path.includes('openid') ? 'OpenID Connect Discovery §4' : 'RFC 8414 §3',
  })
  return {
    name: 'discovery',
    describes: {
      ...Object.fromEntries(paths.map((path) => [path, metadataOf(path)])),
      [jwksPath]: { purpose: 'The public keys that sign ID tokens.', caller: 'anyone', spec: 'RFC 7517 §5' },
    },
    routes: [
      ...paths.map(
        (path): Route => ({
          method: 'GET',
          path,
          face: oauthJson,
          work: 'public',
          handle: async () => metadata(context, { ...merged, ...(await currentOf(features, merged)) }),
        }),
      ),
      { method: 'GET', path: jwksPath, face: oauthJson, work: 'public', handle: () => keySet(context) },
    ],
  }
}

/**
 * The well-known forms: behind the issuer's path (OpenID Connect Discovery §4), before it (RFC 8414 §3.1, §5),
 * and at the root, where people look first. A proxy may have taken the public address's own path away before it asks here.
 */
export function metadataPaths(issuer: string, publicUrl: string): readonly string[] {
  const whole = withoutSlash(new URL(issuer).pathname)
  const rest = issuer.startsWith(publicUrl) ? withoutSlash(issuer.slice(publicUrl.length)) : whole
  const forms = documents.flatMap((name) => [
    ...[whole, rest].flatMap((path) => [`${path}/.well-known/${name}`, `/.well-known/${name}${path}`]),
    `/.well-known/${name}`,
  ])
  return [...new Set(forms)]
}

const documents: readonly string[] = ['openid-configuration', 'oauth-authorization-server']

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '')
}

/** What depends on the clients that there are now. */
async function currentOf(
  features: readonly Feature[],
  fixed: Partial<ServerMetadata>,
): Promise<Partial<ServerMetadata>> {
  const parts = await Promise.all(features.map(async (feature) => feature.currentMetadata?.(fixed)))
  return parts.reduce<Partial<ServerMetadata>>((all, part) => ({ ...all, ...part }), {})
}

async function metadata(context: Context, merged: Partial<ServerMetadata>): Promise<Reply> {
  const scopes = await listScopes(context.database)
  const document: ServerMetadata = {
    issuer: context.issuer,
    ...merged,
    scopes_supported: scopes.map((scope) => scope.name).filter(isForAnyClient),
    response_types_supported: merged.response_types_supported ?? [],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    acr_values_supported: acrValues,
    claim_types_supported: ['normal'],
  }
  return shareWithAll(jsonReply(200, document, fiveMinutes))
}

function keySet(context: Context): Reply {
  return shareWithAll(jsonReply(200, { keys: context.keys.published() }, fiveMinutes))
}
