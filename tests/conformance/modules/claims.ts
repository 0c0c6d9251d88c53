// Claims about the person: by scope, by name, and the three ways to ask UserInfo. OpenID Connect Core §5.1, §5.1.1, §5.3, §5.4, §5.5;
// RFC 6750 §2, §3.
import assert from 'node:assert/strict'
import { details, told } from '../ground.ts'
import type { Stage } from '../stage.ts'
import { type Claims, claimsOf, type SignedIn, signInTo, userinfo } from '../tokens.ts'
import type { Answered, Sent } from '../wire.ts'

const { street_address, locality, region, postal_code, country, phone_number: phoneNumber, ...profileDetails } = details

/** OpenID Connect Core §5.4: what each scope stands for; the times are checked by their form. */
const byScope = {
  profile: {
    name: `${told.first_name} ${told.last_name}`,
    given_name: told.first_name,
    family_name: told.last_name,
    preferred_username: told.username,
    ...profileDetails,
  },
  email: { email_verified: false },
  address: { address: { street_address, locality, region, postal_code, country } },
  phone: { phone_number: phoneNumber, phone_number_verified: false },
} as const
type ClaimScope = keyof typeof byScope

const ownName: Readonly<Record<ClaimScope, readonly string[]>> = {
  profile: [...Object.keys(byScope.profile), 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** OpenID Connect Core §5.4: at UserInfo, or in the ID token where there is no access token to ask with. */
async function claimsFor(stage: Stage, { accessToken, claims }: SignedIn): Promise<Claims> {
  return accessToken === undefined ? claims : userinfo(stage, accessToken)
}

function assertClaims(stage: Stage, scopes: readonly ClaimScope[], signedIn: SignedIn, claims: Claims): void {
  assert.equal(claims['sub'], signedIn.claims.sub)
  for (const scope of scopes) assertScope(stage, scope, claims)
  const known = new Set(scopes.flatMap((scope) => ownName[scope]))
  const others = Object.values(ownName)
    .flat()
    .filter((name) => !known.has(name))
  for (const name of others) assert.ok(!(name in claims), `${name} belongs to a scope that nobody asked for`)
}

function assertScope(stage: Stage, scope: ClaimScope, claims: Claims): void {
  const { address, ...texts }: Readonly<Record<string, unknown>> = byScope[scope]
  for (const [name, value] of Object.entries(texts)) assert.deepEqual(claims[name], value, name)
  if (scope === 'profile') assert.match(String(claims['updated_at']), /^\d{10}$/)
  if (scope === 'email') assert.equal(claims['email'], stage.person.username)
  if (address === undefined) return
  const { address: sent } = claims
  assert.ok(typeof sent === 'object' && sent !== null)
  const { formatted, ...parts }: Readonly<Record<string, unknown>> = { ...sent }
  assert.deepEqual(parts, address)
  assert.match(String(formatted), /1 Deanery Garden\n[\s\S]*Oxford/)
}

async function scopesTell(stage: Stage, scopes: readonly ClaimScope[], isReversed = false): Promise<void> {
  const asked = ['openid', ...scopes]
  const claimsInIdToken = stage.responseType === 'id_token' ? scopes.flatMap((scope) => ownName[scope]) : []
  const signedIn = await signInTo(
    stage,
    await stage.client(),
    { scope: (isReversed ? asked.toReversed() : asked).join(' ') },
    { claimsInIdToken, isReversed },
  )
  assertClaims(stage, scopes, signedIn, await claimsFor(stage, signedIn))
}

async function askUserinfo(stage: Stage, way: (token: string) => Sent): Promise<void> {
  const { accessToken = '', claims } = await signInTo(stage, await stage.client(), { scope: 'openid email' })
  const endpoint = await stage.endpoint('userinfo_endpoint')
  const { sub, email } = claimsOf(await stage.wire.send(endpoint, way(accessToken)))
  assert.equal(sub, claims.sub)
  assert.equal(email, stage.person.username)
  // The token is what opens it: RFC 6750 §3.1.
  assertRefused(await stage.wire.send(endpoint, way(`${accessToken}x`)), 'invalid_token')
  assertRefused(await stage.wire.send(endpoint), undefined)
}

function assertRefused({ status, headers }: Answered, error: string | undefined): void {
  assert.equal(status, 401)
  const challenge = headers['www-authenticate'] ?? ''
  assert.match(challenge, /^Bearer\b/)
  assert.equal(/error="([^"]*)"/.exec(challenge)?.[1], error)
}

export const claimModules = {
  async 'oidcc-scope-profile'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['profile'])
  },

  async 'oidcc-scope-email'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['email'])
  },

  async 'oidcc-scope-address'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['address'])
  },

  async 'oidcc-scope-phone'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['phone'])
  },

  async 'oidcc-scope-all'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['profile', 'email', 'address', 'phone'])
  },

  async 'oidcc-alternate-happy-flow'(stage: Stage): Promise<void> {
    await scopesTell(stage, ['email'], true)
  },

  async 'oidcc-claims-essential'(stage: Stage): Promise<void> {
    const place = stage.responseType === 'id_token' ? 'id_token' : 'userinfo'
    const signedIn = await signInTo(
      stage,
      await stage.client(),
      { claims: JSON.stringify({ [place]: { name: { essential: true } } }) },
      { claimsInIdToken: place === 'id_token' ? ['name'] : [] },
    )
    const { name, ...others } = await claimsFor(stage, signedIn)
    assert.equal(name, byScope.profile.name)
    for (const other of Object.values(ownName).flat()) assert.ok(!(other in others), other)
  },

  async 'oidcc-userinfo-get'(stage: Stage): Promise<void> {
    await askUserinfo(stage, (token) => ({ headers: { authorization: `Bearer ${token}` } }))
    const { accessToken = '' } = await signInTo(stage, await stage.client())
    const inAddress = `${await stage.endpoint('userinfo_endpoint')}?access_token=${encodeURIComponent(accessToken)}`
    assert.equal((await stage.wire.send(inAddress)).status, 401)
  },

  async 'oidcc-userinfo-post-header'(stage: Stage): Promise<void> {
    await askUserinfo(stage, (token) => ({ method: 'POST', headers: { authorization: `Bearer ${token}` } }))
  },

  async 'oidcc-userinfo-post-body'(stage: Stage): Promise<void> {
    await askUserinfo(stage, (token) => ({ body: new URLSearchParams({ access_token: token }) }))
    const { accessToken = '' } = await signInTo(stage, await stage.client())
    const twice = await stage.wire.send(await stage.endpoint('userinfo_endpoint'), {
      headers: { authorization: `Bearer ${accessToken}` },
      body: new URLSearchParams({ access_token: accessToken }),
    })
    assert.equal(twice.status, 400)
  },
}
