// The modules of the OpenID Foundation's conformance suite for OpenID providers (release 5.1.43), by their full names, with what each
// checks; and the profiles whose lists they stand on. specs/README.md prints both. A profile without a module, and a module without
// a test, do not compile.

export const responseTypes = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
] as const
export type ResponseType = (typeof responseTypes)[number]

/** `on`: the list that the module stands on. */
export const modules = {
  'oidcc-server': {
    on: 'all',
    checks:
      'A whole sign-in: the answer by its way, unguessable codes and tokens, at_hash and c_hash, no claim that nobody asked for.',
  },
  'oidcc-response-type-missing': {
    on: 'all',
    checks: 'A request without response_type is refused: invalid_request, and nothing is issued.',
  },
  'oidcc-idtoken-signature': {
    on: 'all',
    checks: 'A client that registers no algorithm gets RS256, under a kid of the key set.',
  },
  'oidcc-scope-profile': { on: 'all', checks: 'The scope profile stands for its fourteen claims, and for no others.' },
  'oidcc-scope-email': { on: 'all', checks: 'The scope email stands for its two claims, and for no others.' },
  'oidcc-scope-address': { on: 'all', checks: 'The scope address stands for the address claim, and for no others.' },
  'oidcc-scope-phone': { on: 'all', checks: 'The scope phone stands for its two claims, and for no others.' },
  'oidcc-scope-all': { on: 'all', checks: 'All scopes together stand for all standard claims.' },
  'oidcc-alternate-happy-flow': { on: 'all', checks: 'The order of scopes and of parameters does not matter.' },
  'oidcc-display-page': { on: 'all', checks: 'display=page never causes an error.' },
  'oidcc-display-popup': { on: 'all', checks: 'display=popup never causes an error.' },
  'oidcc-prompt-login': { on: 'all', checks: 'prompt=login asks for the password again, and auth_time moves on.' },
  'oidcc-prompt-none-not-logged-in': {
    on: 'all',
    checks: 'prompt=none without a session: login_required by redirect, and no page.',
  },
  'oidcc-prompt-none-logged-in': {
    on: 'all',
    checks: 'prompt=none with a session: success without a page, with the same sub and auth_time.',
  },
  'oidcc-max-age-1': { on: 'all', checks: 'max_age=1 a while later: the password again, and a later auth_time.' },
  'oidcc-max-age-10000': { on: 'all', checks: 'max_age=10000: no second sign-in, the same auth_time and sub.' },
  'oidcc-ensure-request-with-unknown-parameter-succeeds': {
    on: 'all',
    checks: 'A parameter that nobody knows is ignored.',
  },
  'oidcc-id-token-hint': { on: 'all', checks: 'prompt=none with the ID token of the same person succeeds.' },
  'oidcc-login-hint': { on: 'all', checks: 'login_hint stands in the sign-in form.' },
  'oidcc-ui-locales': { on: 'all', checks: 'ui_locales of a language that the server does not speak causes no error.' },
  'oidcc-claims-locales': {
    on: 'all',
    checks: 'claims_locales of a language that the server does not speak causes no error.',
  },
  'oidcc-ensure-request-with-acr-values-succeeds': {
    on: 'all',
    checks: 'acr_values cause no error; the ID token tells the class that was reached.',
  },
  'oidcc-ensure-registered-redirect-uri': {
    on: 'all',
    checks: 'A redirect URI that is not registered ends on a page of the server, not at the URI.',
  },
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': {
    on: 'all',
    checks: 'request_uri: processed for a client that registered it, request_uri_not_supported for any other.',
  },
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': {
    on: 'all',
    checks: 'request: processed for a client that registered it, request_not_supported for any other; never ignored.',
  },
  'oidcc-ensure-request-object-with-redirect-uri': {
    on: 'all',
    checks: 'The redirect URI inside of the request object counts, and a wrong one beside it leads nobody there.',
  },
  'oidcc-claims-essential': {
    on: 'all',
    checks: 'An essential claim that is asked for by name comes where it was asked for.',
  },
  'oidcc-userinfo-get': {
    on: 'access token',
    checks: 'UserInfo by GET, with the token in the header and in no other place.',
  },
  'oidcc-userinfo-post-header': { on: 'access token', checks: 'UserInfo by POST, with the token in the header.' },
  'oidcc-userinfo-post-body': {
    on: 'access token',
    checks: 'UserInfo by POST, with the token in the form; not in both places.',
  },
  'oidcc-codereuse': { on: 'code', checks: 'A code redeemed a second time at once: invalid_grant.' },
  'oidcc-codereuse-30seconds': {
    on: 'code',
    checks: 'A code redeemed a second time after 30 s: invalid_grant, and the first access token is dead.',
  },
  'oidcc-server-client-secret-post': {
    on: 'code',
    checks: 'client_secret_post is accepted, and a wrong secret is not.',
  },
  'oidcc-refresh-token': {
    on: 'code',
    checks: 'A refresh gives tokens for the same sign-in, and only to the client that the token was given to.',
  },
  'oidcc-ensure-request-with-valid-pkce-succeeds': {
    on: 'code',
    checks: 'PKCE with S256 never breaks a request; a wrong verifier does.',
  },
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': {
    on: 'nonce optional',
    checks: 'A nonce is optional while no ID token comes in the answer itself.',
  },
  'oidcc-ensure-request-without-nonce-fails': {
    on: 'nonce mandatory',
    checks: 'A nonce is mandatory for an ID token that comes in the answer itself.',
  },
  'oidcc-ensure-post-request-succeeds': { on: 'basic', checks: 'A request by POST from a page of the application.' },
  'oidcc-idtoken-unsigned': {
    on: 'unsigned',
    checks: 'ID tokens without a signature are not advertised, and registering them is refused.',
  },
  'oidcc-discovery-endpoint-verification': {
    on: 'configuration',
    checks:
      'Metadata: issuer, https everywhere, algorithms, grants, response and subject types; a key set without private or shared keys.',
  },
  'oidcc-idtoken-rs256': { on: 'dynamic', checks: 'ID tokens with RS256 by registration.' },
  'oidcc-userinfo-rs256': { on: 'dynamic', checks: 'UserInfo signed with RS256 by registration.' },
  'oidcc-ensure-redirect-uri-in-authorization-request': {
    on: 'dynamic',
    checks: 'Two redirect URIs registered and none sent: a page of the server.',
  },
  'oidcc-redirect-uri-query-OK': { on: 'dynamic', checks: 'A registered query is kept in the answer.' },
  'oidcc-redirect-uri-query-mismatch': {
    on: 'dynamic',
    checks: 'Another query than the registered one: a page of the server.',
  },
  'oidcc-redirect-uri-query-added': { on: 'dynamic', checks: 'A query that is not registered: a page of the server.' },
  'oidcc-redirect-uri-regfrag': { on: 'dynamic', checks: 'A redirect URI with a fragment cannot be registered.' },
  'oidcc-registration-logo-uri': { on: 'dynamic', checks: 'The logo is shown on the sign-in page.' },
  'oidcc-registration-policy-uri': { on: 'dynamic', checks: 'The privacy policy is linked on the sign-in page.' },
  'oidcc-registration-tos-uri': { on: 'dynamic', checks: 'The terms of service are linked on the sign-in page.' },
  'oidcc-registration-jwks-uri': {
    on: 'dynamic',
    checks: 'The keys at the registered jwks_uri are used, and no others.',
  },
  'oidcc-registration-sector-uri': {
    on: 'dynamic',
    checks: 'A sector document that lists the redirect URI makes pairwise subjects of its sector.',
  },
  'oidcc-registration-sector-bad': {
    on: 'dynamic',
    checks: 'A sector document that does not list the redirect URI: refused.',
  },
  'oidcc-server-rotate-keys': {
    on: 'dynamic',
    checks: 'Keys rotate: a new one is published, the old one stays, and old ID tokens are still good.',
  },
  'oidcc-refresh-token-rp-key-rotation': {
    on: 'dynamic',
    checks: 'The client changes its keys at jwks_uri; a minute later it refreshes with the new one.',
  },
  'oidcc-request-uri-unsigned': {
    on: 'dynamic',
    checks: 'An unsigned request object at a registered request_uri is processed.',
  },
  'oidcc-request-uri-signed-rs256': {
    on: 'dynamic',
    checks: 'A request object signed with RS256 at a registered request_uri is processed; a forged one is not.',
  },
  'oidcc-ensure-client-assertion-with-iss-aud-succeeds': {
    on: 'dynamic',
    checks: 'An assertion whose audience is the issuer is accepted.',
  },
  'oidcc-3rd_party-init-login': { on: 'third party', checks: 'initiate_login_uri is stored and told back.' },
  'oidcc-3rd_party-init-login-nohttps': {
    on: 'third party',
    checks: 'An initiate_login_uri without https is refused.',
  },
  'oidcc-rp-initiated-logout-discovery-endpoint-verification': {
    on: 'rp-initiated',
    checks: 'end_session_endpoint is advertised.',
  },
  'oidcc-rp-initiated-logout': {
    on: 'rp-initiated',
    checks: 'Back to the registered URI with state; prompt=none fails afterwards.',
  },
  'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': {
    on: 'rp-initiated',
    checks: 'A URI that is not registered: no redirect.',
  },
  'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': {
    on: 'rp-initiated',
    checks: 'A query that is not registered: no redirect.',
  },
  'oidcc-rp-initiated-logout-modified-id-token-hint': {
    on: 'rp-initiated',
    checks: 'A hint that was changed to alg none: no redirect.',
  },
  'oidcc-rp-initiated-logout-bad-id-token-hint': {
    on: 'rp-initiated',
    checks: 'A hint that a stranger signed: no redirect.',
  },
  'oidcc-rp-initiated-logout-no-id-token-hint': {
    on: 'rp-initiated',
    checks: 'A URI without a hint: nobody is sent there unasked.',
  },
  'oidcc-rp-initiated-logout-no-params': {
    on: 'rp-initiated',
    checks: 'Without parameters the person is signed out and told so.',
  },
  'oidcc-rp-initiated-logout-only-state': {
    on: 'rp-initiated',
    checks: 'With state alone the person is signed out and told so.',
  },
  'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': {
    on: 'rp-initiated',
    checks: 'Without a URI the person is signed out and told so.',
  },
  'oidcc-rp-initiated-logout-no-state': {
    on: 'rp-initiated',
    checks: 'Without state: back to the URI as it is registered.',
  },
  'oidcc-backchannel-logout-discovery-endpoint-verification': {
    on: 'back-channel',
    checks: 'Back-channel logout is advertised, with sid.',
  },
  'oidcc-backchannel-rp-initiated-logout': {
    on: 'back-channel',
    checks: 'A logout token that is good reaches the client; the session is over.',
  },
  'oidcc-frontchannel-logout-discovery-endpoint-verification': {
    on: 'front-channel',
    checks: 'Front-channel logout is advertised, with sid.',
  },
  'oidcc-frontchannel-rp-initiated-logout': {
    on: 'front-channel',
    checks: 'The frame of the client is loaded with iss and sid; the session is over.',
  },
  'oidcc-session-management-discovery-endpoint-verification': {
    on: 'session management',
    checks: 'check_session_iframe is advertised, and may be framed.',
  },
  'oidcc-session-management-rp-initiated-logout': {
    on: 'session management',
    checks: 'The frame says unchanged, and changed after a logout.',
  },
} as const
export type ModuleName = keyof typeof modules

/** Some modules of one profile that run with the same response type and mode. */
export interface Plan {
  readonly profile: string
  readonly responseType: ResponseType
  readonly responseMode?: 'form_post'
  readonly isDynamic?: boolean
  readonly modules: readonly ModuleName[]
}

type Group = (typeof modules)[ModuleName]['on']

const isModule = (name: string): name is ModuleName => name in modules

function modulesOn(...groups: readonly Group[]): readonly ModuleName[] {
  return Object.keys(modules)
    .filter(isModule)
    .filter((name) => groups.includes(modules[name].on))
}

function listOf(responseType: ResponseType): readonly ModuleName[] {
  const parts = responseType.split(' ')
  return modulesOn(
    'all',
    ...(responseType === 'id_token' ? [] : (['access token'] as const)),
    ...(parts.includes('code') ? (['code'] as const) : []),
    parts.includes('id_token') ? 'nonce mandatory' : 'nonce optional',
    ...(responseType === 'code' ? (['basic', 'unsigned'] as const) : []),
  )
}

const families = {
  Basic: ['code'],
  Implicit: ['id_token', 'id_token token'],
  Hybrid: ['code id_token', 'code token', 'code id_token token'],
} as const

function family(name: keyof typeof families): readonly Plan[] {
  return families[name].map((responseType) => ({ profile: name, responseType, modules: listOf(responseType) }))
}

export const basic: readonly Plan[] = family('Basic')
export const implicit: readonly Plan[] = family('Implicit')
export const hybrid: readonly Plan[] = family('Hybrid')

/** The same lists with response_mode=form_post. */
export const formPost: readonly Plan[] = [...basic, ...implicit, ...hybrid].map((plan) => ({
  ...plan,
  profile: 'Form post',
  responseMode: 'form_post',
}))

const code = { responseType: 'code' } as const

export const dynamic: readonly Plan[] = [
  { ...code, profile: 'Config', modules: modulesOn('configuration') },
  {
    ...code,
    profile: 'Dynamic',
    isDynamic: true,
    modules: [
      'oidcc-server',
      ...modulesOn('unsigned', 'configuration', 'dynamic'),
      'oidcc-refresh-token',
      'oidcc-ensure-request-object-with-redirect-uri',
    ],
  },
  { ...code, profile: 'Third-party-initiated login', isDynamic: true, modules: modulesOn('third party') },
]

export const logout: readonly Plan[] = [
  { ...code, profile: 'RP-initiated logout', modules: modulesOn('rp-initiated') },
  { ...code, profile: 'Back-channel logout', modules: modulesOn('back-channel') },
  { ...code, profile: 'Front-channel logout', modules: modulesOn('front-channel') },
  { ...code, profile: 'Session management', modules: modulesOn('session management') },
]

/** By the test file that runs them on the embedded database. */
export const plansByFile: Readonly<Record<string, readonly Plan[]>> = {
  'tests/conformance/basic.test.ts': basic,
  'tests/conformance/implicit.test.ts': implicit,
  'tests/conformance/hybrid.test.ts': hybrid,
  'tests/conformance/form-post.test.ts': formPost,
  'tests/conformance/dynamic.test.ts': dynamic,
  'tests/conformance/logout.test.ts': logout,
}
