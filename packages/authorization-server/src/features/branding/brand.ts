// What an application shows of itself where people decide about it: its logo and the pages it registered. OpenID Connect Dynamic Client
// Registration §2, RFC 7591 §2. The logo comes from our own origin, so that a sign-in tells nobody else that it happens.
import type { Client } from '../../records/clients/index.ts'

export interface Brand {
  /** A path of ours. */
  readonly logo?: string | undefined
  readonly home?: string | undefined
  readonly policy?: string | undefined
  readonly terms?: string | undefined
}

export const logoPath = '/o/logo/:clientId/'

export function brandOf({ clientId, metadata }: Pick<Client, 'clientId' | 'metadata'>): Brand {
  return {
    logo: metadata.logoUri === undefined ? undefined : logoPath.replace(':clientId', encodeURIComponent(clientId)),
    home: metadata.clientUri,
    policy: metadata.policyUri,
    terms: metadata.termsUri,
  }
}

/**
 * The type of a picture by its first octets, whatever its server calls it; undefined for what is not shown. An SVG is a document that
 * may hold scripts, so it is none of them.
 */
export function pictureType(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  return /^RIFF[\s\S]{4}WEBP/.test(head) ? 'image/webp' : undefined
}
