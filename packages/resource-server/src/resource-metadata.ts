// Decides what this API says of itself to clients that do not know it yet, and where. RFC 9728 §2, §3.1.

/**
 * The protected resource metadata document.
 * @see RFC 9728 §2
 * @example
 * import { protect, type ResourceMetadata } from '@latchkey/resource-server'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example/', scopes: ['read'] })
 * const document: ResourceMetadata | undefined = api.metadata
 */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly scopes_supported: readonly string[]
  readonly bearer_methods_supported: readonly string[]
  readonly resource_name?: string
}

/** The document, the path that serves it, and its URL. */
export interface PublishedMetadata {
  readonly document: ResourceMetadata
  readonly path: string
  readonly url: string
}

/** Makes the metadata of a resource that is an http(s) URL without fragment; another audience has none. */
export function publishedMetadata(
  resource: string,
  issuer: string,
  scopes: readonly string[],
  name: string | undefined,
): PublishedMetadata | undefined {
  if (!URL.canParse(resource)) return undefined
  const { protocol, origin, pathname, search, hash } = new URL(resource)
  if (!/^https?:$/.test(protocol) || hash !== '') return undefined
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
  const document = {
    resource,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    ...(name === undefined ? {} : { resource_name: name }),
  }
  return { document, path, url: `${origin}${path}${search}` }
}
