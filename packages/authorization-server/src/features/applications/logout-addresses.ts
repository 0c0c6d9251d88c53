// The two addresses at which an application learns that somebody signed out. OpenID Connect Back-Channel Logout §2.2,
// OpenID Connect Front-Channel Logout §2.
import type { ClientMetadata } from '../../records/clients/index.ts'
import { frontchannelFault } from '../client-registration/index.ts'

export interface TypedLogoutAddresses {
  readonly backchannelLogoutUri?: string | undefined
  readonly frontchannelLogoutUri?: string | undefined
}

export interface LogoutAddresses {
  readonly metadata: Pick<ClientMetadata, 'backchannelLogoutUri' | 'frontchannelLogoutUri'>
  readonly errors: {
    readonly backchannel_logout_uri: readonly string[]
    readonly frontchannel_logout_uri: readonly string[]
  }
}

const notCalled =
  'Enter an https address in the open internet, without user name, password and fragment: this server calls it itself.'

/**
 * An address that stood there before stays good, as long as it is not changed.
 * @param admits whether the server would call an address
 */
export function readLogoutAddresses(
  typed: TypedLogoutAddresses,
  stored: ClientMetadata,
  redirectUris: readonly string[],
  admits: (url: string) => boolean,
): LogoutAddresses {
  const back = typed.backchannelLogoutUri || undefined
  const front = typed.frontchannelLogoutUri || undefined
  const isNewBack = back !== undefined && back !== stored.backchannelLogoutUri
  const fault = front === undefined ? undefined : frontchannelFault(front, redirectUris)
  return {
    metadata: { backchannelLogoutUri: back, frontchannelLogoutUri: front },
    errors: {
      backchannel_logout_uri: isNewBack && !admits(back) ? [notCalled] : [],
      frontchannel_logout_uri: fault === undefined ? [] : [fault],
    },
  }
}
