import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { KeyRing, parseMasterKey, randomId, Sealer, seededRandom, systemRandom } from '../../platform/crypto/index.ts'
import {
  type AccessToken,
  type AuthorizationCode,
  readAccessToken,
  readAuthorizationCode,
  readRefreshToken,
  writeAccessToken,
  writeAuthorizationCode,
  writeRefreshToken,
} from './tokens.ts'

function sealerOf(seed: string): Sealer {
  const master = parseMasterKey(Buffer.from(seededRandom(seed).bytes(32)).toString('hex'))
  return new Sealer(new KeyRing(master, [{ id: 1, salt: seededRandom(seed).bytes(16), createdAt: 1 }]), systemRandom)
}

const sealer = sealerOf('ours')
const foreign = sealerOf('theirs')
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const instants = fc.integer({ min: 0, max: 2 ** 47 })
const ids = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('base64url'))

const facts = {
  tokenId: ids(12),
  scopeSetId: u32,
  audienceSetId: fc.oneof(fc.constant(0), u32),
  issuedAt: instants,
  expiresAt: instants,
}
const plain = { noNullPrototype: true }
const grantTokens = fc.record(
  { kind: fc.constant('grant' as const), ...facts, grantId: ids(16), generation: u32 },
  plain,
)
const clientTokens = fc.record(
  {
    kind: fc.constant('client' as const),
    ...facts,
    clientRow: u32,
    clientEpoch: u32,
    installationEpoch: u32,
  },
  plain,
)
const accessTokens: fc.Arbitrary<AccessToken> = fc.oneof(grantTokens, clientTokens)

test('an access token comes back as it was written, in at most 255 characters of the wire alphabet', () => {
  fc.assert(
    fc.property(accessTokens, (token) => {
      const text = writeAccessToken(sealer, token)
      assert.match(text, /^lk_at_[A-Za-z0-9_-]{20,249}$/)
      assert.deepEqual(readAccessToken(sealer, text), token)
      assert.equal(readAccessToken(foreign, text), undefined)
    }),
  )
})

test('a refresh token is the grant and its generation, and the same pair is the same text', () => {
  fc.assert(
    fc.property(fc.record({ grantId: ids(16), generation: u32 }, plain), (token) => {
      const text = writeRefreshToken(sealer, token)
      assert.ok(text.startsWith('lk_rt_') && text.length <= 255)
      assert.equal(writeRefreshToken(sealer, token), text)
      assert.deepEqual(readRefreshToken(sealer, text), token)
      assert.equal(readRefreshToken(foreign, text), undefined)
      assert.notEqual(writeRefreshToken(sealer, { ...token, generation: (token.generation + 1) % 2 ** 32 }), text)
    }),
  )
})

const code: AuthorizationCode = {
  clientRow: 7,
  userId: 8,
  sessionId: randomId(seededRandom('session')),
  scopes: 'openid read',
  audiences: 'https://api.example urn:example:other',
  claims: '{"userinfo":{"email":null}}',
  redirectUri: 'https://app.example/cb?x=1',
  redirectUriWasSent: true,
  redirectUriIsOnlyOne: false,
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  codeChallengeMethod: 'S256',
  nonce: 'n-0S6_WzA2Mj é',
  authenticatedAt: 1_795_000_000_000,
  methods: ['pwd', 'otp'],
  userEpoch: 1,
  clientEpoch: 2,
  consentEpoch: 0,
  installationEpoch: 3,
  issuedAt: 1_795_000_000_001,
  expiresAt: 1_795_000_060_001,
}

test('an authorization code comes back as it was written, with and without its optional parts', () => {
  const bare = { ...code, codeChallenge: undefined, codeChallengeMethod: undefined, nonce: undefined }
  const variants: readonly AuthorizationCode[] = [
    code,
    bare,
    { ...bare, redirectUriWasSent: false, redirectUriIsOnlyOne: true },
    { ...code, audiences: '', claims: '' },
    { ...code, codeChallengeMethod: 'plain', redirectUriIsOnlyOne: true },
  ]
  for (const variant of variants) {
    const text = writeAuthorizationCode(sealer, variant)
    assert.match(text, /^lk_ac_[A-Za-z0-9_-]+$/)
    assert.deepEqual(readAuthorizationCode(sealer, text), variant)
    assert.equal(readAuthorizationCode(foreign, text), undefined)
  }
})

test('two codes of the same facts are two texts, and neither shows what is in it', () => {
  const [one, other] = [writeAuthorizationCode(sealer, code), writeAuthorizationCode(sealer, code)]
  assert.notEqual(one, other)
  const shown = Buffer.from(one.slice('lk_ac_'.length), 'base64url').toString('latin1')
  for (const secret of [code.redirectUri, code.scopes, code.codeChallenge ?? '', 'n-0S6'])
    assert.ok(!shown.includes(secret))
})

test('what is no token of ours is undefined and never an exception', () => {
  const hostile = [
    '',
    ' ',
    'lk_at_',
    'lk_rt_',
    'lk_ac_',
    'lk_at_AAAA',
    '\0',
    'null',
    'é'.repeat(100),
    'A'.repeat(70_000),
    'lk_ac_' + 'A'.repeat(400),
  ]
  for (const text of hostile) {
    assert.deepEqual(
      [readAccessToken(sealer, text), readRefreshToken(sealer, text), readAuthorizationCode(sealer, text)],
      [undefined, undefined, undefined],
    )
  }
})
