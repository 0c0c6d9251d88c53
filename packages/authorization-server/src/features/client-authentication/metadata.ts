// What is said in the server's metadata of how clients prove themselves, the same at each endpoint. RFC 8414 §2.
import type { ServerMetadata } from '@latchkey/protocol'
import { signingAlgorithms } from '../../records/clients/index.ts'

type Endpoint = 'token' | 'introspection' | 'revocation'
type Method = 'client_secret_post' | 'client_secret_basic' | 'private_key_jwt' | 'none'

const methods: Readonly<Record<Endpoint, readonly Method[]>> = {
  token: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
  introspection: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
  revocation: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
}

export function authenticationMetadata(endpoint: Endpoint): Partial<ServerMetadata> {
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: methods[endpoint],
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: signingAlgorithms,
  }
}
