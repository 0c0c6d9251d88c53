// What may stand in a client's metadata, whoever writes it: the client itself by RFC 7591, its owner, or an operator. OpenID Connect
// Dynamic Client Registration §2, OpenID Connect Core §4, §8, §10, Front-Channel Logout §2; RFC 7591 §2.
import { foreignKeys, hasPrivatePart } from '../../platform/crypto/index.ts'
import { frontchannelFault, hostsOf, initiateLoginFault, webPageFault } from './addresses.ts'
import type { ClientSettings } from './client.ts'
import { signingAlgorithms } from './metadata.ts'

/** Named as RFC 7591 and its relatives name the member; the sentence never repeats what was sent. */
export interface MetadataFault {
  readonly member: string
  readonly sentence: string
}

export interface MetadataRules {
  /** Whether this server would ever call an address. */
  readonly admits: (url: string) => boolean
  /** What stands there already: an address that is not changed stays good. */
  readonly before?: ClientSettings['metadata'] | undefined
}

type Checked = Pick<ClientSettings, 'metadata' | 'authenticationMethod' | 'redirectUris'>

/** All that is wrong, in the order in which a registration names it. */
export function metadataFaults(client: Checked, rules: MetadataRules): readonly MetadataFault[] {
  return [
    ...pageFaults(client, rules),
    ...subjectFaults(client, rules),
    ...keyFaults(client, rules),
    ...logoutFaults(client, rules),
  ]
}

const notFetched = 'it must be an https address in the open internet, without user name, password and fragment.'

function because(member: string, sentence: string | undefined): readonly MetadataFault[] {
  return sentence === undefined ? [] : [{ member, sentence }]
}

/** Of an address that the server itself will call. */
function calledFault(
  member: string,
  uri: string | undefined,
  known: string | undefined,
  { admits }: MetadataRules,
): readonly MetadataFault[] {
  const isNew = uri !== undefined && uri !== known
  return isNew && !admits(uri) ? [{ member, sentence: notFetched }] : []
}

function pageFaults({ metadata }: Checked, rules: MetadataRules): readonly MetadataFault[] {
  const { clientUri, policyUri, termsUri, initiateLoginUri, logoUri } = metadata
  return [
    ...because('client_uri', clientUri && webPageFault(clientUri)),
    ...because('policy_uri', policyUri && webPageFault(policyUri)),
    ...because('tos_uri', termsUri && webPageFault(termsUri)),
    ...because('initiate_login_uri', initiateLoginUri && initiateLoginFault(initiateLoginUri)),
    ...calledFault('logo_uri', logoUri, rules.before?.logoUri, rules),
  ]
}

/** OpenID Connect Core §8.1: what a sector is called is its one host, or that of the document which lists its redirect URIs. */
function subjectFaults({ metadata, redirectUris }: Checked, rules: MetadataRules): readonly MetadataFault[] {
  const { subjectType, sectorIdentifierUri } = metadata
  const isManifold = subjectType === 'pairwise' && hostsOf(redirectUris).size > 1
  return [
    ...calledFault('sector_identifier_uri', sectorIdentifierUri, rules.before?.sectorIdentifierUri, rules),
    ...(isManifold && sectorIdentifierUri === undefined
      ? because('sector_identifier_uri', 'it is needed for pairwise subjects when redirect_uris have several hosts.')
      : []),
  ]
}

function keyFaults({ metadata, authenticationMethod }: Checked, rules: MetadataRules): readonly MetadataFault[] {
  const { jwks, jwksUri, requestUris } = metadata
  const known = rules.before?.requestUris ?? []
  return [
    ...calledFault('jwks_uri', jwksUri, rules.before?.jwksUri, rules),
    ...(jwks !== undefined && jwksUri !== undefined ? because('jwks', 'it must not come together with jwks_uri.') : []),
    ...because('jwks', jwks === undefined || jwks === rules.before?.jwks ? undefined : keySetFault(jwks)),
    ...(authenticationMethod === 'private_key_jwt' && jwks === undefined && jwksUri === undefined
      ? because('jwks_uri', 'private_key_jwt needs it, or jwks.')
      : []),
    // A fragment may hold a hash of the document (OpenID Connect Core §6.2); it is not sent.
    ...(requestUris.every((uri) => known.includes(uri) || rules.admits(uri.replace(/#[\w-]*$/, '')))
      ? []
      : because('request_uris', notFetched)),
  ]
}

function keySetFault(text: string): string | undefined {
  const keys: unknown = JSON.parse(text)
  if (hasPrivatePart(keys)) return 'it must hold public keys only; those that were sent are burnt.'
  return (foreignKeys(keys) ?? []).length === 0
    ? `none of its keys can check a signature of ${signingAlgorithms.join(', ')}.`
    : undefined
}

function logoutFaults({ metadata, redirectUris }: Checked, rules: MetadataRules): readonly MetadataFault[] {
  const { frontchannelLogoutUri, backchannelLogoutUri } = metadata
  return [
    ...because(
      'frontchannel_logout_uri',
      frontchannelLogoutUri && frontchannelFault(frontchannelLogoutUri, redirectUris),
    ),
    ...calledFault('backchannel_logout_uri', backchannelLogoutUri, rules.before?.backchannelLogoutUri, rules),
  ]
}
