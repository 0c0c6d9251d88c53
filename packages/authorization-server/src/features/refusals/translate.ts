// Faults of HTTP, of storage and of the password workers, in the words of OAuth. Anything else is a bug: server_error, 500.
import { OAuthError, type OAuthErrorCode } from '@latchkey/protocol'
import { HasherBusy } from '../../platform/crypto/index.ts'
import { HttpFault } from '../../platform/http/index.ts'
import { StorageBusy, StorageFailed } from '../../platform/storage/index.ts'

export interface Refused {
  readonly error: OAuthError
  readonly headers: Readonly<Record<string, string>>
}

export function asOAuthError(error: unknown): Refused {
  if (error instanceof OAuthError) return { error, headers: retryHeaders(error) }
  if (error instanceof HttpFault) {
    const code: OAuthErrorCode = error.kind === 'busy' ? 'temporarily_unavailable' : 'invalid_request'
    const translated = new OAuthError(code, error.message, { status: error.status, detail: error.detail })
    return { error: translated, headers: error.headers }
  }
  if (isOverload(error)) {
    const seconds = error instanceof HasherBusy ? error.retryAfterSeconds : 1
    return {
      error: new OAuthError('temporarily_unavailable', 'The server is busy. Try again shortly.'),
      headers: { 'retry-after': String(seconds) },
    }
  }
  return { error: new OAuthError('server_error', 'The server met an unexpected condition.'), headers: {} }
}

/** The server could not take the work now; nothing of it was done. */
export function isOverload(error: unknown): boolean {
  return error instanceof StorageBusy || error instanceof StorageFailed || error instanceof HasherBusy
}

function retryHeaders(error: OAuthError): Readonly<Record<string, string>> {
  const seconds = error.detail['retry_after_seconds']
  return seconds === undefined ? {} : { 'retry-after': seconds }
}
