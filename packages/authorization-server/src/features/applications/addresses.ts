// Addresses of a client, one on each line or several with spaces between, each checked on its own.
// RFC 9700 §2.1; RFC 8252 §7; contract of the seeds' application form.
import { checkOrigin, checkPostLogoutUri, checkRedirectUri, originFaults, redirectUriFaults } from '@latchkey/protocol'

const mostAddresses = 100

export interface Addresses {
  readonly addresses: readonly string[]
  readonly errors: readonly string[]
}

/** Redirect URIs; a public client may be a native app, which has a scheme of its own. */
export function readRedirectUris(text: string, isPublic: boolean): Addresses {
  return checked(text, (uri) => redirectUriError(uri, isPublic))
}

export function redirectUriError(uri: string, isPublic: boolean): string | undefined {
  const fault = checkRedirectUri(uri, { allowCustomScheme: isPublic })
  return fault && `${shown(uri)}: ${redirectUriFaults[fault]}`
}

export function readPostLogoutUris(text: string, isPublic: boolean): Addresses {
  return checked(text, (uri) => {
    const fault = checkPostLogoutUri(uri, { allowCustomScheme: isPublic })
    return fault && `${shown(uri)}: ${redirectUriFaults[fault]}`
  })
}

export function readOrigins(text: string): Addresses {
  return checked(text, (origin) => {
    const fault = checkOrigin(origin)
    return fault && `${shown(origin)}: ${originFaults[fault]}`
  })
}

function checked(text: string, check: (address: string) => string | undefined): Addresses {
  const addresses = [...new Set(text.split(/\s+/).filter((address) => address !== ''))]
  if (addresses.length > mostAddresses)
    return { addresses, errors: [`At most ${mostAddresses} addresses can be registered.`] }
  return { addresses, errors: addresses.flatMap((address) => check(address) ?? []) }
}

function shown(address: string): string {
  return address.length > 100 ? `${address.slice(0, 100)}…` : address
}
