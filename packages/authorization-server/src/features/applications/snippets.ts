// Decides what an application's owner can paste: an environment file and a first request, with real values. Values go into
// shell words and files, so each is quoted for where it lands. Sources: POSIX shell §2.2.2; RFC 6749 §4.
export interface Endpoints {
  readonly issuer: string
  readonly discovery: string
  readonly authorization: string
  readonly token: string
  readonly userinfo: string
  readonly introspection: string
  readonly revocation: string
  readonly jwks: string
}

export interface SnippetSource {
  readonly clientId: string
  readonly clientType: 'confidential' | 'public'
  readonly newSecret?: string | undefined
  readonly grantTypes: readonly string[]
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly endpoints: Endpoints
}

/** A single-quoted shell word. */
export function shellWord(value: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}

export function environmentFile(source: SnippetSource): string {
  const lines = [`OIDC_ISSUER=${shellWord(source.endpoints.issuer)}`, `OIDC_CLIENT_ID=${shellWord(source.clientId)}`]
  if (source.clientType === 'confidential') {
    lines.push(`OIDC_CLIENT_SECRET=${source.newSecret === undefined ? '' : shellWord(source.newSecret)}`)
  }
  const redirect = source.redirectUris[0]
  if (redirect !== undefined) lines.push(`OIDC_REDIRECT_URI=${shellWord(redirect)}`)
  return lines.join('\n')
}

/** A command that works with the grants this application has; for the code grant, the address to open. */
export function firstRequest(source: SnippetSource): string {
  const caller =
    source.clientType === 'confidential'
      ? `-u ${shellWord(source.clientId)}:"$OIDC_CLIENT_SECRET"`
      : `-d client_id=${shellWord(source.clientId)}`
  const token = shellWord(source.endpoints.token)
  if (source.grantTypes.includes('client_credentials')) {
    return `curl ${caller} \\\n  -d grant_type=client_credentials \\\n  ${token}`
  }
  if (source.grantTypes.includes('password')) {
    return `curl ${caller} \\\n  -d grant_type=password -d username=you@example.com --data-urlencode password@- \\\n  ${token}`
  }
  if (!source.grantTypes.includes('authorization_code')) return `curl ${shellWord(source.endpoints.discovery)}`
  const query = new URLSearchParams({ response_type: 'code', client_id: source.clientId })
  const redirect = source.redirectUris[0]
  if (redirect !== undefined) query.set('redirect_uri', redirect)
  if (source.scopes.length > 0) query.set('scope', source.scopes.join(' '))
  query.set('state', 'an-unguessable-value')
  // The pair of RFC 7636 Appendix B; its verifier is dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk.
  query.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  query.set('code_challenge_method', 'S256')
  return `${source.endpoints.authorization}?${query.toString()}`
}
