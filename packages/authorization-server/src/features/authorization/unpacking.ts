// Takes the request out of a request object, by value or from a registered address, for clients that registered how they sign
// it. RFC 9101 §5, §6; OpenID Connect Core §6. For everybody else it stays where it is, and is refused by its name.
import { OAuthError, type OAuthErrorCode } from '@latchkey/protocol'
import { openForeignJws } from '../../platform/crypto/index.ts'
import { Parameters } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'
import { decideRequestObject, type RequestObject } from './request-object.ts'

const taken = ['application/oauth-authz-req+jwt', 'application/jwt', 'application/jose', 'text/plain']
/** A stranger who repeats a request makes us ask the client's server no more often than this. */
const documentAgeMs = 10_000
const longestObject = 16_384

export function carriesRequestObject(parameters: Pick<Parameters, 'get'>): boolean {
  return parameters.get('request') !== undefined || parameters.get('request_uri') !== undefined
}

/** The request itself; from here on nothing tells it from one that was sent plainly. */
export async function unpackRequest(
  context: Pick<Context, 'clientKeys' | 'clock' | 'issuer' | 'outgoing'>,
  client: Client,
  sent: Parameters,
): Promise<Parameters> {
  const { requestObjectSigningAlgorithm: algorithm, requestUris } = client.metadata
  const byValue = sent.get('request')
  const uri = sent.get('request_uri')
  if (algorithm === undefined || (uri !== undefined && requestUris.length === 0)) return sent
  if (byValue !== undefined && uri !== undefined) {
    throw refusal('invalid_request', 'request-object-twice', 'Send either request or request_uri.')
  }
  const text = byValue ?? (await fetchObject(context, requestUris, uri ?? ''))
  const object = await openObject(context, client, algorithm, text)
  const decision = decideRequestObject(object, {
    clientId: client.clientId,
    issuer: context.issuer,
    now: context.clock.now(),
    responseType: sent.get('response_type'),
  })
  if (decision.kind === 'refuse') throw refusal('invalid_request_object', decision.rule, decision.description)
  return new Parameters(decision.parameters)
}

/** OpenID Connect Core §6.2: a fragment tells versions of the document apart and is not sent. */
const withoutFragment = (uri: string): string => uri.split('#')[0] ?? ''

async function fetchObject(
  { outgoing }: Pick<Context, 'outgoing'>,
  registered: readonly string[],
  uri: string,
): Promise<string> {
  const address = withoutFragment(uri)
  if (!registered.some((known) => withoutFragment(known) === address)) {
    throw refusal('invalid_request_uri', 'request-uri-not-registered', 'The request_uri is not registered.', {
      sent: uri.slice(0, 2_048),
      registered: registered.join(' ').slice(0, 2_048),
    })
  }
  const got = await outgoing.get(address, { accept: taken, maxAgeMs: documentAgeMs, maxBytes: longestObject })
  if (got.kind === 'document') return Buffer.from(got.body).toString('latin1').trim()
  throw refusal('invalid_request_uri', 'request-uri-unreachable', 'The request_uri could not be fetched.', {
    sent: address,
    difference: got.status === undefined ? got.fault : `${got.fault} ${got.status}`,
  })
}

async function openObject(
  { clientKeys }: Pick<Context, 'clientKeys'>,
  client: Client,
  algorithm: NonNullable<Client['metadata']['requestObjectSigningAlgorithm']>,
  text: string,
): Promise<RequestObject> {
  if (algorithm === 'none') {
    const open = openForeignJws(text)
    const isPlain = open?.header['alg'] === 'none' && !('crit' in open.header) && text.endsWith('.')
    if (open !== undefined && isPlain) return open
    throw wrongAlgorithm(algorithm, open?.header['alg'])
  }
  const proven = await clientKeys.verify(client, text, [algorithm])
  if (proven.kind === 'proven') return proven
  if (proven.rule === 'algorithm-refused') throw wrongAlgorithm(algorithm, openForeignJws(text)?.header['alg'])
  throw refusal('invalid_request_object', `request-object-${proven.rule}`, descriptions[proven.rule])
}

const descriptions = {
  'jws-malformed': 'The request object is not a signed JWT.',
  'keys-missing': 'The client has no keys registered with which the request object could be checked.',
  'keys-unreachable': 'The keys of the client could not be fetched.',
  'key-unknown': 'The request object is signed with a key that is not among those of the client.',
  'signature-wrong': 'The signature of the request object is wrong.',
} as const

function wrongAlgorithm(registered: string, sent: unknown): OAuthError {
  const description = `The request object must be ${registered === 'none' ? 'unsigned (none)' : `signed with ${registered}`}.`
  return refusal('invalid_request_object', 'request-object-algorithm', description, {
    sent: typeof sent === 'string' ? sent.slice(0, 100) : 'none of a JWT',
    registered,
  })
}

function refusal(
  code: OAuthErrorCode,
  rule: string,
  description: string,
  detail: Readonly<Record<string, string>> = {},
): OAuthError {
  return new OAuthError(code, description, { rule, detail })
}
