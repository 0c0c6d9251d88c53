// Whether a sector identifier document speaks for a client: a JSON array with every redirect URI in it, byte for byte.
// OpenID Connect Dynamic Client Registration §5, OpenID Connect Core §8.1.
import type { OutgoingFault } from '../../platform/outgoing/index.ts'

/** A sentence for the caller; undefined when the document lists them all. */
export function sectorFault(body: Uint8Array, redirectUris: readonly string[]): string | undefined {
  const listed = readList(body)
  if (listed === undefined) return 'the document is no JSON array of URIs.'
  return redirectUris.every((uri) => listed.includes(uri))
    ? undefined
    : 'the document does not list every redirect URI.'
}

function readList(body: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString())
    return Array.isArray(value) ? value : undefined
  } catch {
    // No JSON at all: said in the same words.
    return undefined
  }
}

/** Why the document could not be had; whether an address inside answered is not told. */
export function unavailable(fault: OutgoingFault): string {
  switch (fault) {
    case 'redirect':
      return 'the document must be at that very address; redirects are not followed.'
    case 'status':
      return 'the document was not answered with status 200.'
    case 'type':
      return 'the document must come as application/json.'
    case 'too-large':
      return 'the document is too large.'
    default:
      return 'the document could not be fetched.'
  }
}
