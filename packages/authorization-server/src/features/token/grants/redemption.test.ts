import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../../platform/crypto/index.ts'
import type { AuthorizationCode } from '../../../records/grants/index.ts'
import { decideRedemption } from './redemption.ts'

// RFC 7636 Appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const code: AuthorizationCode = {
  clientRow: 7,
  userId: 1,
  sessionId: 'AAAAAAAAAAAAAAAAAAAAAA',
  scopes: 'read',
  audiences: '',
  claims: '',
  redirectUri: 'https://app.example/cb',
  redirectUriWasSent: true,
  redirectUriIsOnlyOne: false,
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  codeChallengeMethod: 'S256',
  nonce: undefined,
  authenticatedAt: 0,
  methods: ['pwd'],
  userEpoch: 1,
  clientEpoch: 1,
  consentEpoch: 0,
  installationEpoch: 1,
  issuedAt: 1_000,
  expiresAt: 61_000,
}
const request = {
  grantType: 'authorization_code' as const,
  code: 'lk_ac_x',
  redirectUri: 'https://app.example/cb' as string | undefined,
  codeVerifier: verifier as string | undefined,
  scopes: undefined,
  resources: [],
}

const decide = (
  changedCode: Partial<AuthorizationCode>,
  changedRequest: Partial<typeof request> = {},
  row = 7,
  now = 2_000,
) => decideRedemption({ ...code, ...changedCode }, { ...request, ...changedRequest }, row, now, sha256)

test('everything as it was at the authorization endpoint: redeemed', () => {
  assert.deepEqual(decide({}), { kind: 'redeem' })
})

test('another client is refused first, whatever else is right or wrong (RFC 6749 §4.1.3)', () => {
  assert.deepEqual(decide({}, {}, 8), { kind: 'refuse', why: 'code-foreign' })
  assert.deepEqual(decide({ expiresAt: 0 }, { codeVerifier: undefined }, 8), { kind: 'refuse', why: 'code-foreign' })
})

test('a code lives until its last millisecond', () => {
  assert.deepEqual(decide({}, {}, 7, 60_999), { kind: 'redeem' })
  assert.deepEqual(decide({}, {}, 7, 61_000), { kind: 'refuse', why: 'code-expired' })
})

test('a redirect URI is compared as text: no other port, slash, case, query or fragment', () => {
  const others = [
    'https://app.example/cb/',
    'https://app.example:443/cb',
    'https://APP.example/cb',
    'https://app.example/cb?',
    'https://app.example/cb#',
    'https://app.example/%63b',
    ' https://app.example/cb',
    '',
  ]
  for (const redirectUri of others) {
    assert.deepEqual(
      decide({ redirectUriIsOnlyOne: true }, { redirectUri }),
      { kind: 'refuse-redirect-uri' },
      redirectUri,
    )
  }
})

test('a redirect URI that was sent must come again, unless the client has only that one', () => {
  const left = { redirectUri: undefined }
  assert.deepEqual(decide({}, left), { kind: 'refuse-redirect-uri' })
  assert.deepEqual(decide({ redirectUriIsOnlyOne: true }, left), { kind: 'redeem' })
  assert.deepEqual(decide({ redirectUriWasSent: false, redirectUriIsOnlyOne: true }, left), { kind: 'redeem' })
  assert.deepEqual(decide({ redirectUriWasSent: false }, left), { kind: 'redeem' })
})

test('the verifier is required if there is a challenge, and refused if there is none (RFC 9700 §2.1.1)', () => {
  const none = { codeChallenge: undefined, codeChallengeMethod: undefined }
  const why = (decision: ReturnType<typeof decide>) =>
    decision.kind === 'refuse-verifier' ? decision.why : decision.kind
  assert.equal(why(decide({}, { codeVerifier: undefined })), 'verifier-missing')
  assert.equal(why(decide(none)), 'verifier-unexpected')
  assert.equal(why(decide(none, { codeVerifier: undefined })), 'redeem')
})

test('a verifier that is another, malformed, or the challenge itself does not match', () => {
  const why = (codeVerifier: string) => {
    const decision = decide({}, { codeVerifier })
    return decision.kind === 'refuse-verifier' ? decision.why : decision.kind
  }
  assert.equal(why(verifier.replace('d', 'e')), 'verifier-mismatch')
  assert.equal(why(code.codeChallenge ?? ''), 'verifier-mismatch')
  for (const malformed of ['', 'short', 'x'.repeat(129), `${verifier}=`, `${verifier}\n`]) {
    assert.equal(why(malformed), 'verifier-malformed', JSON.stringify(malformed))
  }
})

test('a plain challenge is its own verifier, and is never taken for an S256 one (RFC 7636 §4.2)', () => {
  const plain = { codeChallenge: verifier, codeChallengeMethod: 'plain' as const }
  assert.deepEqual(decide(plain), { kind: 'redeem' })
  assert.equal(decide({ ...plain, codeChallengeMethod: 'S256' }).kind, 'refuse-verifier')
  assert.equal(decide({ codeChallengeMethod: 'plain' }).kind, 'refuse-verifier')
})
