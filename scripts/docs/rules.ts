// What each rule that refuses means to the operator who meets it in the log, and where the code decides it. The meanings stand
// here; the names are found in the code, and a name without a meaning, or a meaning without a name, fails.
import type { Source } from './sources.ts'

export const ruleMeanings: Readonly<Record<string, string>> = {
  'account-choice-foreign':
    'The page to choose an account was made for another session, or the request in it is not one of ours.',
  'acr-not-on-offer': 'The request demands a way of signing in that this server does not offer.',
  'algorithm-refused': 'The JWT is signed by an algorithm that is not taken from this client.',
  'assertion-audience': 'The client assertion is not for this server.',
  'assertion-early': 'The client assertion begins in the future: compare the clocks.',
  'assertion-expired': 'The client assertion has run out.',
  'assertion-expiry': 'The client assertion does not say when it runs out.',
  'assertion-jti': 'The client assertion has no jti, or a very long one.',
  'assertion-missing': 'The client must send a signed assertion and did not.',
  'assertion-subject': 'Issuer and subject of the client assertion are not both the client.',
  'assertion-times': 'A time in the client assertion is not a number.',
  'assertion-too-long': 'The client assertion would live longer than is taken.',
  'assertion-type': 'The client assertion names another type than a client assertion.',
  'assertion-type-unknown': 'client_assertion_type is not that of a JWT.',
  'assertion-used-before': 'The client assertion was used before.',
  'basic-base64': 'The Basic credentials are not Base64.',
  'basic-client-id-empty': 'The Basic credentials name no client.',
  'basic-colon-missing': 'The Basic credentials have no colon between id and secret.',
  'basic-control-character': 'The Basic credentials hold a control character.',
  'basic-encoding': 'The Basic credentials are not UTF-8.',
  'basic-percent-encoding': 'Id or secret in the Basic credentials is not form-urlencoded.',
  'basic-syntax': 'The Authorization header is not that of Basic.',
  'basic-token-syntax': 'What follows the scheme in the Authorization header has characters that may not stand there.',
  body: 'The body could not be read.',
  'challenge-method': 'The code challenge method is not S256.',
  'challenge-syntax': 'The code challenge is not 43 base64url characters.',
  'claims-syntax': 'The claims parameter is not a JSON object, or too long.',
  'client-changed': 'The client was changed or disabled while the person was asked.',
  'client-deleted': 'The registration that the token is for was deleted.',
  'client-disabled': 'The client is switched off.',
  'client-epoch': 'The client was disabled, or all its tokens were ended, after this was issued.',
  'client-id-differs': 'The Basic credentials and the body name two clients.',
  'client-id-missing': 'The authorization request names no client.',
  'client-id-syntax': 'The client id has characters that no id has.',
  'client-missing': 'The request names no client.',
  'client-public': 'What was asked for needs a client with a secret; this one is public.',
  'client-unknown': 'There is no client of that id.',
  'code-expired': 'The authorization code is older than 60 seconds.',
  'code-foreign': 'The authorization code was issued to another client.',
  'code-replayed': 'The authorization code was redeemed before; the grant that it gave has been ended.',
  'code-unknown': 'The authorization code is not one of ours.',
  'console-files': 'Too many files are being written for downloads at the moment.',
  'console-permission': 'The person has no right to that in the console.',
  'console-refused': 'The console refused the change; its answer says why.',
  'consent-answered-before': 'The consent page was sent a second time.',
  'consent-epoch': 'The person withdrew consent after this was issued.',
  'consent-foreign': 'The consent page belongs to another session, or has run out.',
  'content-type': 'The body is not application/x-www-form-urlencoded.',
  denied: 'The person said no.',
  'failures-throttled': 'Too many wrong secrets, unknown clients or forged tokens from this address within a minute.',
  fields: 'A field of a profile API is missing or wrong; the answer says which.',
  'form-from-elsewhere': 'The browser says that another site sent the form.',
  'form-post-without-web-address': 'The answer cannot be posted to an address that is no web address.',
  'form-token-foreign': 'The form was made for another session or browser.',
  'form-token-missing': 'The form carries no token of ours.',
  'form-unreadable': 'The form could not be read.',
  'grant-ended': 'The grant was revoked, or ended with its session.',
  'grant-expired': 'The refresh token was not used for as long as it lives.',
  'grant-type': 'The grant type is not one that this server knows.',
  'grant-type-missing': 'The token request has no grant type.',
  'grant-type-not-registered': 'The client is not registered for that grant.',
  'initial-token-expired': 'The initial access token has run out.',
  'initial-token-revoked': 'The initial access token was withdrawn.',
  'initial-token-used-up': 'The initial access token was used as often as it may be.',
  'installation-epoch': 'A backup was restored, or all tokens were ended, after this was issued.',
  'introspection-scope-missing': 'The bearer token of the caller lacks the scope introspection.',
  'jws-malformed': 'What should be a signed JWT cannot be read as one.',
  'keys-missing': 'The client has no public keys registered.',
  'keys-unreachable': "The document with the client's public keys could not be fetched.",
  'logout-address-not-registered': 'The post_logout_redirect_uri is not registered.',
  'logout-character': 'A parameter of the logout request has a control character.',
  'logout-client-differs': 'The client_id is not the one for which the ID token was issued.',
  'logout-length': 'A parameter of the logout request is longer than is taken.',
  'logout-repeated': 'A parameter of the logout request came more than once.',
  'max-age': 'max_age is not a number of seconds.',
  'method-without-challenge': 'The request has a challenge method and no challenge.',
  'nonce-missing': 'The answer carries an ID token through the browser, which needs a nonce.',
  'openid-scope-missing': 'An ID token was asked for without the scope openid.',
  'other-method': 'The client authenticated by another method than the one it is registered for.',
  overload: 'The server had too much to do: a queue was full. Nothing was done, and the client may try again.',
  'parameter-repeated': 'A parameter came more than once.',
  'password-wrong': 'No active user has that name and password.',
  'pkce-required': 'The client must send a code challenge and did not.',
  'prompt-none-combined': 'prompt has none and another value.',
  'prompt-none-no-consent': 'prompt=none, and the person would have to be asked for consent.',
  'prompt-none-not-signed-in': 'prompt=none, and the person would have to sign in.',
  'prompt-none-other-person': 'prompt=none, and somebody else is signed in than the request names.',
  'prompt-none-sign-in-too-old': 'prompt=none, and the sign-in is older than the request allows.',
  'public-client': 'A client without a secret asked for what needs one.',
  'public-client-with-secret': 'A client that has no secret sent one.',
  query: 'The query could not be read.',
  'query-parameters': 'Parameters came in the query of an endpoint that reads the body only.',
  'redirect-uri-differs': 'The redirect URI of the token request is not that of the authorization request.',
  'redirect-uri-missing': 'The request names no redirect URI, and the client has several or none.',
  'redirect-uri-not-registered': 'The redirect URI is none of the registered ones; the record names the closest.',
  'refresh-token-foreign': 'The refresh token belongs to another client, or its grant was removed.',
  'refresh-token-from-the-future': 'The refresh token is newer than its grant: a backup was restored.',
  'refresh-token-lost-race': 'Two other requests spent the token in the same moment.',
  'refresh-token-reused': 'A spent refresh token came again; the grant has been ended.',
  'refresh-token-unknown': 'The refresh token is not one of ours.',
  'registration-changed': 'The registration was changed by somebody else at the same moment.',
  'registrations-full': 'There are as many self-registered clients as the settings allow.',
  'registrations-throttled': 'Too many registrations from this address.',
  'request-object-algorithm': 'The request object is signed by another algorithm than the registered one.',
  'request-object-nested': 'The request object holds another request object.',
  'request-object-party': 'The request object is not from this client, or not for this server.',
  'request-object-response-type': 'The response_type beside the request object is another one.',
  'request-object-time': 'The request object has run out, is not yet good, or would live too long.',
  'request-object-twice': 'Both request and request_uri were sent.',
  'request-object-type': 'The request object names another type than a request.',
  'request-object-value': 'A parameter of the request object is neither text, number nor boolean.',
  'request-uri-not-registered': 'The request_uri is not one that the client registered.',
  'request-uri-unreachable': 'The document at request_uri could not be fetched.',
  'resource-gone': 'Every API that the grant was for has been removed since.',
  'resource-not-granted': 'The token request names an API for which the grant is not.',
  'resource-syntax': 'A resource is not an absolute URI without a fragment.',
  'resource-unknown': 'The resource is none that this server knows.',
  'resource-without-scope': 'No scope of that API was granted, so a token for it would be good for nothing.',
  'resources-differ':
    'The APIs that were named take tokens of different formats or algorithms, which one token cannot be.',
  'response-mode': 'The response mode is not query.',
  'response-type': 'The response type is not code.',
  'response-type-missing': 'The request has no response type.',
  'scope-deleted': 'All scopes that the grant holds were deleted since it was given.',
  'scope-missing': 'The access token lacks the scope that this address needs.',
  'scope-not-registered': 'The client asked for a scope that it is not registered for.',
  'scope-syntax': 'The scope has characters that may not stand there, or is empty.',
  'scope-wider-than-grant': 'A refresh asked for more than was granted.',
  'scope-without-user': 'Client credentials asked for a scope that is about a person.',
  'secret-missing': 'A confidential client sent no secret.',
  'password-link': 'A one-time link was opened that nobody made, that was used, or that ended.',
  'secret-wrong': 'The secret is none of the live ones.',
  'sign-in-throttled': 'Too many wrong passwords for this account or from this address.',
  'sign-in-wrong': 'Somebody tried to sign in with a name and password that do not match.',
  'standing-changed': 'User, client or consent changed in the moment of the request.',
  throttled: 'Too many wrong old passwords at the password API, counted with sign-ins.',
  'token-audience': 'The access token is for other APIs than those of this server.',
  'token-expired': 'The access token has run out.',
  'token-malformed': 'The Authorization header is not that of a bearer token.',
  'token-missing': 'No token was sent.',
  'token-revoked': 'The grant of the access token was ended, or its generation was.',
  'token-unknown': 'The access token is not one of ours.',
  'token-without-user': 'A token of client credentials came where a person is needed.',
  'two-methods': 'Credentials were sent in two ways at once.',
  unexpected: 'A bug of ours, or something that the server depends on failed; the log has the error.',
  unsupported: 'The request uses request, request_uri or registration, which this server does not take.',
  'user-disabled': 'The user is switched off.',
  'user-epoch': 'The password was changed, or the user disabled, after this was issued.',
  'user-unknown': 'The user was removed.',
  'username-syntax': 'The username holds a NUL.',
  'value-bounds': 'A parameter is longer than may be.',
  'verifier-malformed': 'The code verifier is not 43 to 128 unreserved characters.',
  'verifier-mismatch': 'The code verifier is not that of the challenge.',
  'verifier-missing': 'The code has a challenge, and no verifier came.',
  'verifier-unexpected': 'A verifier came for a code without a challenge.',
  '{parameter}-missing': 'A required parameter of the token request is missing.',
}

/** How code names a rule: as a member, or as an argument of the function that makes the refusal. */
const spellings: readonly RegExp[] = [
  /\brule: ['`]([a-z$][^'`]*)['`]/g,
  /\brule = .*? \? '([a-z-]+)' : '([a-z-]+)'/g,
  /\b(?:invalidGrant|invalidClient|invalidToken|refused|questionIsOver|refuse)\(\s*['`]([a-z]+-[^'`]+)['`]/g,
  /\b(?:malformed|fatal|refusal|refused)\(\s*(?:'(?:[^'\\]|\\.)*'|`[^`]*`|[\w.]+),\s*'([a-z-]+)'/g,
  /\brefuse\(\s*'[a-z_]+',\s*'([a-z-]+)'/g,
  /\? '(form-[a-z-]+)' : '(form-[a-z-]+)'/g,
  /\bkind: 'refuse', why: '([a-z-]+)'/g,
  /(?:\breturn|[?:]) '((?:verifier|prompt-none)-[a-z-]+)'/g,
  /\? 'match' : '(verifier-mismatch)'/g,
]

/** Names that the code puts together, and what they become. */
const composed: Readonly<Record<string, readonly string[]>> = {
  'console-${reply.status}': ['console-refused'],
  'initial-token-${state.replace(': ['initial-token-expired', 'initial-token-used-up', 'initial-token-revoked'],
  'logout-${rule}': [],
  'address-not-registered': ['logout-address-not-registered'],
  character: ['logout-character'],
  'client-differs': ['logout-client-differs'],
  length: ['logout-length'],
  repeated: ['logout-repeated'],
  '${name}-missing': ['{parameter}-missing'],
  'token-${authority.why}': ['token-unknown', 'token-expired', 'token-revoked'],
}

/** Each rule with the files that decide it. */
export function rulesOf(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const add = (rule: string, path: string): void => {
    const paths = found.get(rule) ?? []
    if (!paths.includes(path)) found.set(rule, [...paths, path])
  }
  const faults: string[] = []
  for (const { path, text, isTest } of sources) {
    if (isTest || /\/(platform|cli|html)\//.test(path)) continue
    const code = text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')
    if (path.endsWith('/authorization-header.ts')) faults.push(...faultsOf(code))
    else for (const name of namesIn(code)) for (const rule of composed[name] ?? [name]) add(rule, path)
  }
  const basic = found.get('basic-${header.fault}') ?? []
  found.delete('basic-${header.fault}')
  for (const fault of faults) for (const path of basic) add(`basic-${fault}`, path)
  return found
}

function namesIn(code: string): readonly string[] {
  return spellings.flatMap((spelling) => [...code.matchAll(spelling)].flatMap((match) => match.slice(1)))
}

/** The faults of a header that cannot be read: `malformed('basic', 'base64')` and its kin. */
function faultsOf(code: string): readonly string[] {
  const [, union = ''] = /type AuthorizationFault =([^\n]*(?:\n\s+\|[^\n]*)*)/.exec(code) ?? []
  return [...union.matchAll(/'([a-z0-9-]+)'/g)].map(([, fault = '']) => fault)
}
