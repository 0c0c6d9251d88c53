// SHA-256 for names under which something is kept, so that tables and memory hold no usable secret.

import { encodeBase64url } from '@latchkey/protocol'

/** The digest of a text, as 43 characters of base64url. */
export async function digest(text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
