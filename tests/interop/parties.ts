// The clients that the two libraries play: each way to authenticate with each algorithm of ID tokens, and each way in which the
// answer of the authorization endpoint may come back.
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerClient } from '../races/ground.ts'

export const alice = { username: 'alice@example.com', password: 'correct-horse-battery' }

const algorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const
const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const
const answers = ['code', 'code by form_post', 'code id_token', 'code id_token by form_post'] as const

export interface Party {
  readonly name: string
  readonly method: (typeof methods)[number]
  /** Of its ID tokens, and of its own key where it has one. */
  readonly algorithm: (typeof algorithms)[number]
  readonly responseType: 'code' | 'code id_token'
  readonly responseMode: 'form_post' | undefined
  /** Whether it gets UserInfo and introspection signed. */
  readonly wantsSigned: boolean
}

function party(
  method: Party['method'],
  algorithm: Party['algorithm'],
  answer: (typeof answers)[number] = 'code',
  wantsSigned = false,
): Party {
  const suffix = `${answer === 'code' ? '' : `, ${answer}`}${wantsSigned ? ', signed UserInfo and introspection' : ''}`
  return {
    name: `${method}, ${algorithm}${suffix}`,
    method,
    algorithm,
    responseType: answer.startsWith('code id_token') ? 'code id_token' : 'code',
    responseMode: answer.endsWith('form_post') ? 'form_post' : undefined,
    wantsSigned,
  }
}

export const parties: readonly Party[] = [
  ...algorithms.flatMap((algorithm) => methods.map((method) => party(method, algorithm))),
  ...algorithms.flatMap((algorithm) =>
    answers.filter((answer) => answer !== 'code').map((answer) => party('client_secret_basic', algorithm, answer)),
  ),
  ...algorithms.map((algorithm) => party('client_secret_basic', algorithm, 'code', true)),
]

export interface Identity {
  readonly clientId: string
  readonly secret: string | undefined
  /** With which it signs its assertions. */
  readonly key: { readonly key: CryptoKey; readonly kid: string } | undefined
}

export async function registerParties(context: Context): Promise<ReadonlyMap<Party, Identity>> {
  const identities = new Map<Party, Identity>()
  for (const one of parties) identities.set(one, await register(context, one))
  return identities
}

async function register(context: Context, one: Party): Promise<Identity> {
  const { method, algorithm, name } = one
  const isConfidential = method !== 'none'
  const pair = method === 'private_key_jwt' ? await generateKeyPair(algorithm, { extractable: true }) : undefined
  const kid = randomUUID()
  const jwks = pair && JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid, use: 'sig' }] })
  const signed = one.wantsSigned
    ? { userinfoSigningAlgorithm: algorithm, introspectionSigningAlgorithm: algorithm }
    : {}
  await context.keys.prepare([algorithm])
  // The id needs every kind of encoding that Basic asks for (RFC 6749 §2.3.1, Appendix B).
  const { clientId, credentials } = await registerClient(context, `${name} %&:+`, {
    isConfidential,
    authenticationMethod: method,
    idTokenAlgorithm: algorithm,
    introspection: isConfidential ? 'own' : 'none',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
    grantTypes: ['authorization_code', 'refresh_token', ...(isConfidential ? (['client_credentials'] as const) : [])],
    metadata: { ...plainMetadata, responseTypes: [one.responseType], jwks, ...signed },
  })
  return { clientId, secret: credentials['client_secret'], key: pair && { key: pair.privateKey, kid } }
}

export const scope = 'openid profile email offline_access read'

/** OpenID Connect Core §3.1.3.6: in the code flow the libraries leave this claim to whoever wants it. */
export function atHash(accessToken: string, algorithm: Party['algorithm']): string {
  const [hash, half] = algorithm === 'EdDSA' ? ['sha512', 32] : ['sha256', 16]
  return createHash(hash).update(accessToken).digest().subarray(0, half).toString('base64url')
}
