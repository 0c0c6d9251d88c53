// What discovery says of requests and answers: the legacy response types and request objects stand there only while some
// enabled client has them on. OpenID Connect Discovery §3; RFC 9101 §10.5.
import { responseModesFor, type ServerMetadata } from '@latchkey/protocol'
import { signingAlgorithms, type SwitchedOn } from '../../records/clients/index.ts'

export function advertised(
  { grant_types_supported: grantTypes = [] }: Partial<ServerMetadata>,
  on: SwitchedOn,
): Partial<ServerMetadata> {
  const types = ['code', ...on.responseTypes.filter((type) => type !== 'code')] as const
  return {
    grant_types_supported: types.length > 1 ? [...grantTypes, 'implicit'] : grantTypes,
    response_types_supported: types,
    response_modes_supported: [...new Set(types.flatMap(responseModesFor))],
    request_parameter_supported: on.requestObjects,
    request_uri_parameter_supported: on.requestUris,
    ...(on.requestObjects ? { request_object_signing_alg_values_supported: [...signingAlgorithms, 'none'] } : {}),
    ...(on.requestUris ? { require_request_uri_registration: true } : {}),
  }
}
