// The metadata and the key set. OpenID Connect Discovery §3, §4.2, §4.3; RFC 7517 §4, §5; RFC 7518 §6; RFC 8414 §2;
// RFC 9207 §3; RFC 9701 §7; OpenID Connect RP-Initiated Logout §2.1; OpenID Connect Back-Channel Logout §2.1; OpenID Connect
// Front-Channel Logout §3; OpenID Connect Session Management §3, §3.3.
import assert from 'node:assert/strict'
import { register } from '../clients.ts'
import { responseTypes } from '../plans.ts'
import { registrationOf, type Stage } from '../stage.ts'
import { jsonOf } from '../wire.ts'

type Metadata = Readonly<Record<string, unknown>>

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'registration_endpoint',
  'end_session_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
]

function listOf(metadata: Metadata, name: string): readonly string[] {
  const value = metadata[name]
  assert.ok(Array.isArray(value) && value.length > 0, `${name} is a list with members`)
  assert.equal(new Set(value).size, value.length, `${name} repeats itself`)
  return value.map((one: unknown) => {
    assert.ok(typeof one === 'string', `${name} is a list of texts`)
    return one
  })
}

function assertEndpoints(stage: Stage, metadata: Metadata): void {
  for (const name of endpoints) {
    const url = metadata[name]
    assert.ok(typeof url === 'string' && url.startsWith(`${stage.origin}/`), `${name}: ${String(url)}`)
    assert.equal(new URL(url).hash, '', name)
  }
  const addresses = Object.values(metadata).filter((value) => typeof value === 'string' && /^[a-z]+:\/\//i.test(value))
  for (const address of addresses) assert.match(String(address), /^https:/)
}

function assertCapabilities(metadata: Metadata): void {
  const known: readonly string[] = responseTypes
  for (const type of listOf(metadata, 'response_types_supported')) assert.ok(known.includes(type), type)
  assert.ok(listOf(metadata, 'response_types_supported').includes('code'))
  for (const type of listOf(metadata, 'subject_types_supported')) assert.match(type, /^(public|pairwise)$/)
  for (const mode of listOf(metadata, 'response_modes_supported')) assert.match(mode, /^(query|fragment|form_post)$/)
  assert.ok(listOf(metadata, 'grant_types_supported').includes('authorization_code'))
  assert.ok(listOf(metadata, 'scopes_supported').includes('openid'))
  assert.ok(listOf(metadata, 'code_challenge_methods_supported').includes('S256'))
  assert.ok(listOf(metadata, 'id_token_signing_alg_values_supported').includes('RS256'))
  assert.ok(listOf(metadata, 'token_endpoint_auth_methods_supported').includes('client_secret_basic'))
  assert.ok(listOf(metadata, 'claims_supported').includes('sub'))
  for (const name of ['id_token', 'userinfo', 'token_endpoint_auth', 'introspection']) {
    const algorithms = listOf(metadata, `${name}_signing_alg_values_supported`)
    for (const algorithm of algorithms) assert.match(algorithm, /^((RS|PS|ES)\d{3}|EdDSA)$/)
  }
  for (const name of ['claims', 'request', 'request_uri']) {
    assert.equal(typeof metadata[`${name}_parameter_supported`], 'boolean', name)
  }
  assert.equal(metadata['claims_parameter_supported'], true)
  assert.equal(metadata['authorization_response_iss_parameter_supported'], true)
}

/** OpenID Connect Core §15.2: what a provider must offer to clients that nobody knew before, here once one of them wants it. */
async function assertDynamicOffer(stage: Stage): Promise<void> {
  for (const type of responseTypes) await register(stage, registrationOf(type))
  const metadata = await stage.metadata()
  assert.deepEqual(listOf(metadata, 'response_types_supported').toSorted(), responseTypes.toSorted())
  assert.ok(listOf(metadata, 'grant_types_supported').includes('implicit'))
  assert.ok(listOf(metadata, 'response_modes_supported').includes('fragment'))
}

async function assertKeySet(stage: Stage): Promise<void> {
  const { headers } = await stage.wire.send(await stage.endpoint('jwks_uri'))
  assert.match(headers['content-type'] ?? '', /^application\/(jwk-set\+)?json(;|$)/)
  const { keys } = await stage.jwks()
  assert.ok(keys.length > 0)
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  for (const key of keys) {
    assert.ok(typeof key.kid === 'string' && key.kid !== '')
    assert.match(key.kty ?? '', /^(RSA|EC|OKP)$/)
    assert.ok(key.use === undefined || key.use === 'sig')
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
      assert.ok(!(secret in key), `${key.kid}: ${secret}`)
    if (key.kty === 'RSA') assert.ok(Buffer.from(key.n ?? '', 'base64url').length * 8 >= 2_048)
  }
  assert.ok(keys.some(({ kty, alg }) => kty === 'RSA' && (alg === undefined || alg === 'RS256')))
}

export const configurationModules = {
  async 'oidcc-discovery-endpoint-verification'(stage: Stage): Promise<void> {
    const answered = await stage.wire.send(`${stage.issuer}/.well-known/openid-configuration`)
    assert.equal(answered.status, 200)
    const metadata = jsonOf(answered)
    assert.equal(metadata['issuer'], stage.issuer)
    assertEndpoints(stage, metadata)
    assertCapabilities(metadata)
    if (stage.isDynamic) await assertDynamicOffer(stage)
    await assertKeySet(stage)
  },

  async 'oidcc-rp-initiated-logout-discovery-endpoint-verification'(stage: Stage): Promise<void> {
    await stage.endpoint('end_session_endpoint')
  },

  async 'oidcc-backchannel-logout-discovery-endpoint-verification'(stage: Stage): Promise<void> {
    await stage.endpoint('end_session_endpoint')
    const metadata = await stage.metadata()
    assert.equal(metadata['backchannel_logout_supported'], true)
    assert.equal(metadata['backchannel_logout_session_supported'], true)
  },

  async 'oidcc-frontchannel-logout-discovery-endpoint-verification'(stage: Stage): Promise<void> {
    await stage.endpoint('end_session_endpoint')
    const metadata = await stage.metadata()
    assert.equal(metadata['frontchannel_logout_supported'], true)
    assert.equal(metadata['frontchannel_logout_session_supported'], true)
  },

  async 'oidcc-session-management-discovery-endpoint-verification'(stage: Stage): Promise<void> {
    await stage.endpoint('end_session_endpoint')
    const frame = await stage.wire.send(await stage.endpoint('check_session_iframe'))
    assert.equal(frame.status, 200)
    assert.match(frame.headers['content-type'] ?? '', /^text\/html/)
    assert.equal(frame.headers['x-frame-options'], undefined)
    assert.match(String(frame.headers['content-security-policy']), /frame-ancestors \*/)
  },
}
