// Reads an ID token that comes back as a hint: who it spoke of, to which client. OpenID Connect RP-Initiated Logout §2, §4.
// Its time is over as a rule and does not count; its signature was checked before.

export interface IdTokenHint {
  readonly clientId: string
  readonly subject: string
  readonly sid: string | undefined
}

export interface Verified {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** Undefined for what we signed as something else: an access token or a logout token is no ID token, nor is UserInfo (RFC 8725 §3.11). */
export function hintFrom({ header, payload }: Verified, issuer: string): IdTokenHint | undefined {
  const { iss, sub, aud, exp, sid } = payload
  const [clientId, ...others] = [aud].flat()
  if (header['typ'] !== 'JWT' || 'events' in payload || iss !== issuer) return undefined
  if (typeof exp !== 'number' || typeof sub !== 'string' || typeof clientId !== 'string' || others.length > 0)
    return undefined
  return { clientId, subject: sub, sid: typeof sid === 'string' ? sid : undefined }
}
