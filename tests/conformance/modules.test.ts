// A module that cannot fail proves nothing: each of them meets a provider that is wrong in just the way that it is there to notice.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { errors, type JWTPayload } from 'jose'
import {
  accepts,
  answersAt,
  drops,
  forgetsRedemption,
  ignores,
  keepsKeySet,
  leads,
  misreads,
  omits,
  openCookies,
  openRedirects,
  says,
  signs,
  tells,
  writes,
} from './damages.ts'
import { type Ground, startGround } from './ground.ts'
import { implementations } from './modules.ts'
import { dynamic, type ModuleName, plansByFile, type ResponseType } from './plans.ts'
import { stageOn } from './stage.ts'
import type { Damage } from './tls-proxy.ts'

const unchanged = (claims: JWTPayload): JWTPayload => claims
/** Does not know a parameter, and will not have it. */
const balksAt = (name: string): Damage =>
  answersAt('authorize', (passing) => (passing.url.includes(`${name}=`) ? { ...passing, status: 400 } : passing))
const moreScopes = misreads('authorize', 'scope', (scope) => `${scope} profile email phone`)
const fewerScopes = misreads('authorize', 'scope', () => 'openid')
const always = (place: 'authorize' | 'userinfo' | 'register', status: number): Damage =>
  answersAt(place, (passing) => ({ ...passing, status }))
const registersAll = accepts('register', { client_id: 'x', client_secret: 'x' })
/** Sends everybody back who asks for it, whatever the address, hint or parameters. */
const returnsBlindly = answersAt('logout', (passing) => {
  const query = new URLSearchParams(passing.url.split('?')[1])
  const target = query.get('post_logout_redirect_uri')
  return target === null ? passing : { ...passing, status: 302, headers: { location: target }, body: '' }
})
const endsBlindly = writes('signedOut', 'You are signed out', 'Goodbye')

/** Each in a profile that lists the module; the response type where it matters. */
const proofs: Readonly<Record<ModuleName, readonly (Damage | readonly [ResponseType, Damage])[]>> = {
  'oidcc-server': [
    drops('nonce'),
    drops('sub'),
    signs((claims) => ({ ...claims, aud: 'another' })),
    signs((claims) => ({ ...claims, aud: [String(claims.aud), 'another'] })),
    signs((claims) => ({ ...claims, iss: 'https://another.example' })),
    signs((claims) => ({ ...claims, exp: 1 })),
    signs((claims) => ({ ...claims, email: 'a@b.example' })),
    signs((claims) => ({ ...claims, at_hash: 'AAAA' })),
    signs(unchanged, { kid: 'of-no-key' }),
    leads('authorize', (location) => location.replace(/([?&])state=[^&]*/, '$1state=other')),
    leads('authorize', (location) => location.replace(/iss=[^&]*/, '')),
    leads('authorize', (location) => location.replace(/code=[^&]*/, 'code=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')),
    leads('authorize', (location) => location.replace('?', '#')),
    tells('token', (members) => ({ ...members, token_type: 'mac' })),
    says('token', 'cache-control', undefined),
    tells('userinfo', (members) => ({ ...members, sub: 'somebody' })),
    ['id_token token', drops('at_hash')],
    ['code id_token', drops('c_hash')],
    ['code id_token token', signs((claims) => ({ ...claims, c_hash: 'AAAA' }))],
    ['code token', leads('authorize', (location) => location.replace('#', '?'))],
  ],
  'oidcc-response-type-missing': [
    leads('authorize', (location) => location.replace('error=invalid_request', 'code=abc')),
    leads('authorize', (location) => location.replace('error=invalid_request', 'error=server_error')),
  ],
  'oidcc-idtoken-signature': [signs(unchanged, { algorithm: 'ES256' }), signs(unchanged, { kid: 'of-no-key' })],
  'oidcc-scope-profile': [moreScopes, fewerScopes, omits('userinfo', 'birthdate'), ['id_token', drops('locale')]],
  'oidcc-scope-email': [moreScopes, fewerScopes, omits('userinfo', 'email_verified')],
  'oidcc-scope-address': [moreScopes, fewerScopes, tells('userinfo', (members) => ({ ...members, address: 'Oxford' }))],
  'oidcc-scope-phone': [moreScopes, fewerScopes, omits('userinfo', 'phone_number_verified')],
  'oidcc-scope-all': [fewerScopes, omits('userinfo', 'updated_at'), omits('userinfo', 'address')],
  'oidcc-alternate-happy-flow': [misreads('authorize', 'scope', (scope) => scope.split(' ')[0] ?? '')],
  'oidcc-display-page': [balksAt('display')],
  'oidcc-display-popup': [balksAt('display')],
  'oidcc-prompt-login': [ignores('authorize', 'prompt'), signs((claims) => ({ ...claims, auth_time: 1_000 }))],
  'oidcc-prompt-none-not-logged-in': [
    ignores('authorize', 'prompt'),
    misreads('authorize', 'state', (it) => it.slice(0, 64)),
  ],
  'oidcc-prompt-none-logged-in': [
    misreads('authorize', 'prompt', () => 'login'),
    misreads('authorize', 'prompt', () => 'consent'),
    drops('auth_time'),
  ],
  'oidcc-max-age-1': [ignores('authorize', 'max_age'), drops('auth_time')],
  'oidcc-max-age-10000': [misreads('authorize', 'max_age', () => '1'), drops('auth_time')],
  'oidcc-ensure-request-with-unknown-parameter-succeeds': [balksAt('extra')],
  'oidcc-id-token-hint': [
    misreads('authorize', 'id_token_hint', () => 'x.y.z'),
    misreads('authorize', 'prompt', () => 'login'),
  ],
  'oidcc-login-hint': [ignores('authorize', 'login_hint')],
  'oidcc-ui-locales': [balksAt('ui_locales')],
  'oidcc-claims-locales': [balksAt('claims_locales')],
  'oidcc-ensure-request-with-acr-values-succeeds': [drops('acr'), signs((claims) => ({ ...claims, acr: '1' }))],
  'oidcc-ensure-registered-redirect-uri': [openRedirects, ignores('authorize', 'redirect_uri')],
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': [ignores('authorize', 'request_uri')],
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': [ignores('authorize', 'request')],
  'oidcc-ensure-request-object-with-redirect-uri': [ignores('authorize', 'request'), openRedirects],
  'oidcc-claims-essential': [ignores('authorize', 'claims'), moreScopes, ['id_token', drops('name')]],
  'oidcc-userinfo-get': [
    always('userinfo', 200),
    omits('userinfo', 'email'),
    says('userinfo', 'content-type', 'text/plain'),
  ],
  'oidcc-userinfo-post-header': [always('userinfo', 200), says('userinfo', 'www-authenticate', undefined)],
  'oidcc-userinfo-post-body': [always('userinfo', 200), always('userinfo', 401)],
  'oidcc-codereuse': [forgetsRedemption()],
  'oidcc-codereuse-30seconds': [forgetsRedemption(), answersAt('userinfo', (passing) => ({ ...passing, status: 200 }))],
  'oidcc-server-client-secret-post': [
    answersAt('token', (passing) => ({ ...passing, status: passing.status === 401 ? 400 : passing.status })),
  ],
  'oidcc-refresh-token': [forgetsRedemption(), omits('token', 'refresh_token'), omits('token', 'id_token')],
  'oidcc-ensure-request-with-valid-pkce-succeeds': [ignores('authorize', 'code_challenge'), forgetsRedemption()],
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': [
    answersAt('authorize', (passing) => (passing.url.includes('nonce=') ? passing : { ...passing, status: 400 })),
    signs((claims) => ({ ...claims, nonce: 'made up' })),
  ],
  'oidcc-ensure-request-without-nonce-fails': [
    ['id_token', leads('authorize', (location) => location.replace('error=invalid_request', 'id_token=x.y.z'))],
  ],
  'oidcc-ensure-post-request-succeeds': [
    answersAt('authorize', (passing) => (passing.method === 'POST' ? { ...passing, status: 405 } : passing)),
    answersAt('authorize', (passing) => (passing.status === 303 ? { ...passing, status: 307 } : passing)),
    openCookies,
  ],
  'oidcc-idtoken-unsigned': [
    registersAll,
    tells('metadata', (members) => ({ ...members, id_token_signing_alg_values_supported: ['RS256', 'none'] })),
  ],
  'oidcc-discovery-endpoint-verification': [
    tells('metadata', (members) => ({ ...members, issuer: `${String(members['issuer'])}/` })),
    tells('metadata', (members) => ({ ...members, token_endpoint: 'http://op.example/o/token/' })),
    tells('metadata', (members) => ({ ...members, policy_uri: 'http://op.example/policy' })),
    tells('metadata', (members) => ({ ...members, code_challenge_methods_supported: 'S256' })),
    omits('metadata', 'subject_types_supported'),
    omits('metadata', 'id_token_signing_alg_values_supported'),
    says('metadata', 'content-type', 'text/html'),
    tells('keys', ({ keys }) => ({ keys: [...(keys as object[]), { kty: 'oct', kid: 'shared', k: 'AAAA' }] })),
    tells('keys', ({ keys }) => ({ keys: (keys as object[]).map((key) => ({ ...key, d: 'AAAA' })) })),
    tells('keys', ({ keys }) => ({ keys: (keys as object[]).map((key) => ({ ...key, kid: 'same' })) })),
  ],
  'oidcc-idtoken-rs256': [signs(unchanged, { algorithm: 'ES256' })],
  'oidcc-userinfo-rs256': [
    drops('aud'),
    says('userinfo', 'content-type', 'application/json'),
    omits('register', 'userinfo_signed_response_alg'),
  ],
  'oidcc-ensure-redirect-uri-in-authorization-request': [
    answersAt('authorize', (passing) =>
      passing.status === 400 ? { ...passing, status: 302, headers: { location: '/' } } : passing,
    ),
    always('authorize', 200),
  ],
  'oidcc-redirect-uri-query-OK': [leads('authorize', (location) => location.replace('foo=bar', ''))],
  'oidcc-redirect-uri-query-mismatch': [ignores('authorize', 'redirect_uri'), openRedirects],
  'oidcc-redirect-uri-query-added': [ignores('authorize', 'redirect_uri'), openRedirects],
  'oidcc-redirect-uri-regfrag': [registersAll, tells('register', (members) => ({ ...members, error: 'server_error' }))],
  'oidcc-registration-logo-uri': [writes('signIn', /<img\b[^>]*>/g, ''), omits('register', 'logo_uri')],
  'oidcc-registration-policy-uri': [
    writes('signIn', /href="https:[^"]*"/g, 'href="/"'),
    omits('register', 'policy_uri'),
  ],
  'oidcc-registration-tos-uri': [writes('signIn', /href="https:[^"]*"/g, 'href="/"'), omits('register', 'tos_uri')],
  'oidcc-registration-jwks-uri': [
    omits('register', 'jwks_uri'),
    answersAt('token', (passing) => ({ ...passing, status: passing.status === 401 ? 200 : passing.status })),
  ],
  'oidcc-registration-sector-uri': [
    signs((claims) => ({ ...claims, sub: 'the-same-for-all' })),
    omits('register', 'sector_identifier_uri'),
  ],
  'oidcc-registration-sector-bad': [registersAll],
  'oidcc-server-rotate-keys': [
    keepsKeySet(),
    tells('keys', ({ keys }) => ({ keys: (keys as object[]).slice(-1) })),
    tells('keys', ({ keys }) => ({ keys: (keys as object[]).slice(0, 1) })),
  ],
  'oidcc-refresh-token-rp-key-rotation': [
    answersAt('token', (passing) => ({ ...passing, status: passing.status === 401 ? 200 : passing.status })),
    omits('token', 'refresh_token'),
  ],
  'oidcc-request-uri-unsigned': [ignores('authorize', 'request_uri')],
  'oidcc-request-uri-signed-rs256': [
    ignores('authorize', 'request_uri'),
    leads('authorize', (location) => location.replace('error=invalid_request_object', 'code=abc')),
  ],
  'oidcc-ensure-client-assertion-with-iss-aud-succeeds': [
    answersAt('token', (passing) => ({ ...passing, status: passing.status === 401 ? 400 : passing.status })),
    answersAt('token', (passing) => ({ ...passing, status: 401 })),
  ],
  'oidcc-3rd_party-init-login': [omits('register', 'initiate_login_uri')],
  'oidcc-3rd_party-init-login-nohttps': [registersAll],
  'oidcc-rp-initiated-logout-discovery-endpoint-verification': [omits('metadata', 'end_session_endpoint')],
  'oidcc-rp-initiated-logout': [
    ignores('logout', 'state'),
    ignores('logout', 'id_token_hint'),
    leads('logout', (location) => `${location}&more=1`),
  ],
  'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': [
    returnsBlindly,
    ignores('logout', 'post_logout_redirect_uri'),
  ],
  'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': [
    returnsBlindly,
    ignores('logout', 'post_logout_redirect_uri'),
  ],
  'oidcc-rp-initiated-logout-modified-id-token-hint': [returnsBlindly],
  'oidcc-rp-initiated-logout-bad-id-token-hint': [returnsBlindly],
  'oidcc-rp-initiated-logout-no-id-token-hint': [returnsBlindly],
  'oidcc-rp-initiated-logout-no-params': [endsBlindly, always('authorize', 400)],
  'oidcc-rp-initiated-logout-only-state': [endsBlindly, always('authorize', 400)],
  'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': [endsBlindly, always('authorize', 400)],
  'oidcc-rp-initiated-logout-no-state': [leads('logout', (location) => `${location}?state=`)],
  'oidcc-backchannel-logout-discovery-endpoint-verification': [
    omits('metadata', 'backchannel_logout_supported'),
    omits('metadata', 'backchannel_logout_session_supported'),
  ],
  'oidcc-backchannel-rp-initiated-logout': [drops('sid'), signs((claims) => ({ ...claims, sid: 'another' }))],
  'oidcc-frontchannel-logout-discovery-endpoint-verification': [
    omits('metadata', 'frontchannel_logout_supported'),
    omits('metadata', 'frontchannel_logout_session_supported'),
  ],
  'oidcc-frontchannel-rp-initiated-logout': [
    writes('signedOut', /<iframe\b[^>]*>/g, ''),
    writes('signedOut', /sid=/g, 'session='),
    says('signedOut', 'refresh', undefined),
    says('signedOut', 'content-security-policy', "default-src 'self'"),
  ],
  'oidcc-session-management-discovery-endpoint-verification': [
    omits('metadata', 'check_session_iframe'),
    says('frame', 'x-frame-options', 'DENY'),
  ],
  'oidcc-session-management-rp-initiated-logout': [
    { answers: (passing) => ({ ...passing, body: passing.body.replaceAll("'changed'", "'unchanged'") }) },
    leads('authorize', (location) => location.replace(/session_state=[^&]*/, 'session_state=a.b')),
  ],
}

describe('a module fails at a provider that is wrong in its way', () => {
  let ground: Ground
  before(async () => {
    ground = await startGround({ sessionManagement: true })
  })
  after(() => ground.close())

  const isDynamic = (name: ModuleName): boolean =>
    dynamic.some((plan) => plan.isDynamic === true && plan.modules.includes(name)) &&
    !plansByFile['tests/conformance/basic.test.ts']?.some((plan) => plan.modules.includes(name))

  const entries = Object.entries(proofs) as readonly (readonly [ModuleName, (typeof proofs)[ModuleName]])[]
  for (const [name, damages] of entries) {
    test(name, async () => {
      for (const [at, entry] of damages.entries()) {
        const [responseType, damage] = 'length' in entry ? entry : (['code', entry] as const)
        const stage = stageOn(ground, { responseType, isDynamic: isDynamic(name) })
        // Made before it gets worse: only what the module looks at is to be wrong.
        await stage.client()
        ground.damage(damage)
        try {
          await assert.rejects(implementations[name](stage), isFinding, `${name} does not notice damage ${at}`)
        } finally {
          ground.damage(undefined)
        }
      }
    })
  }
})

/** What a check says, and no slip of the test itself. */
function isFinding(error: unknown): true {
  if (error instanceof assert.AssertionError || error instanceof errors.JOSEError) return true
  throw error
}
