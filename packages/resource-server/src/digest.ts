// Decides under which key a token is remembered: its SHA-256, so that memory and its dumps hold no usable token.
// Node answers at once through its own hash; other runtimes through Web Crypto, which is asynchronous only.

import { encodeBase64url } from '@latchkey/protocol'

/** Hashes a token; a promise where the runtime can do no better. */
export type Digest = (text: string) => string | Promise<string>

/** The fastest SHA-256 that this runtime has. */
export const digest: Digest = nodeDigest() ?? webDigest

function nodeDigest(): Digest | undefined {
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') return undefined
  const node = process.getBuiltinModule('node:crypto')
  return typeof node?.hash === 'function' ? (text) => node.hash('sha256', text, 'base64url') : undefined
}

/** SHA-256 by Web Crypto, for runtimes without Node's modules. */
export async function webDigest(text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
