// The three sealed pointers: access token, refresh token, authorization code. None of them is stored, not even as a digest.
// Access and refresh tokens show opaque ids only and carry a tag; a code carries facts about the person and is encrypted.
import {
  type PayloadReader,
  PayloadWriter,
  type Purpose,
  readPayload,
  type Sealer,
} from '../../platform/crypto/index.ts'
import type { Instant } from '../../platform/time/index.ts'

const accessPurpose: Purpose = { name: 'access token', prefix: 'lk_at_' }
const refreshPurpose: Purpose = { name: 'refresh token', prefix: 'lk_rt_' }
/** The name is not that of an earlier version, which knew a spent code otherwise: none can be spent there and here. */
const codePurpose: Purpose = { name: 'authorization code, spent by grant id', prefix: 'lk_ac_' }

interface AccessTokenFacts {
  readonly tokenId: string
  readonly scopeSetId: number
  /** The set of APIs that it is for; 0: of none in particular. */
  readonly audienceSetId: number
  readonly issuedAt: Instant
  readonly expiresAt: Instant
}

/** A token that a person's grant stands behind. */
export interface GrantAccessToken extends AccessTokenFacts {
  readonly kind: 'grant'
  readonly grantId: string
  readonly generation: number
}

/** A client's token for itself (RFC 6749 §4.4): there is no grant, so the epochs travel along. */
export interface ClientAccessToken extends AccessTokenFacts {
  readonly kind: 'client'
  readonly clientRow: number
  readonly clientEpoch: number
  readonly installationEpoch: number
}

export type AccessToken = GrantAccessToken | ClientAccessToken

const grantKind = 1
const clientKind = 2
/** Added to the kind of a token that names a set of audiences. */
const withAudiences = 2
const idLength = 16
const tokenIdLength = 12

const bytesOf = (id: string): Uint8Array => Buffer.from(id, 'base64url')
const idOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

export function writeAccessToken(sealer: Sealer, token: AccessToken): string {
  return sealer.tag(accessPurpose, accessTokenPayload(token))
}

function accessTokenPayload(token: AccessToken): Uint8Array {
  const kind = token.kind === 'grant' ? grantKind : clientKind
  const writer = new PayloadWriter()
    .u8(token.audienceSetId === 0 ? kind : kind + withAudiences)
    .bytes(bytesOf(token.tokenId))
    .u32(token.scopeSetId)
    .instant(token.issuedAt)
    .instant(token.expiresAt)
  if (token.kind === 'grant') writer.bytes(bytesOf(token.grantId)).u32(token.generation)
  else writer.u32(token.clientRow).u32(token.clientEpoch).u32(token.installationEpoch)
  if (token.audienceSetId !== 0) writer.u32(token.audienceSetId)
  return writer.finish()
}

/** The token, if this installation sealed it; costs no I/O. Whether it is still good is another question. */
export function readAccessToken(sealer: Sealer, text: string): AccessToken | undefined {
  const payload = sealer.untag(accessPurpose, text)
  return payload && readPayload(payload, accessTokenFrom)
}

function accessTokenFrom(reader: PayloadReader): AccessToken {
  const kind = reader.u8()
  const facts = {
    tokenId: idOf(reader.bytes(tokenIdLength)),
    scopeSetId: reader.u32(),
    issuedAt: reader.instant(),
    expiresAt: reader.instant(),
  }
  const ofGrant = kind === grantKind || kind === grantKind + withAudiences
  const pointer = ofGrant
    ? { kind: 'grant' as const, grantId: idOf(reader.bytes(idLength)), generation: reader.u32() }
    : {
        kind: 'client' as const,
        clientRow: reader.u32(),
        clientEpoch: reader.u32(),
        installationEpoch: reader.u32(),
      }
  return { ...facts, ...pointer, audienceSetId: kind > withAudiences ? reader.u32() : 0 }
}

/** Where a JWT access token carries its pointer: opaque to everybody else, and kept by the JWT's signature. */
export const tokenPointerClaim = 'lk_grant'

export function writeTokenPointer(token: AccessToken): string {
  return Buffer.from(accessTokenPayload(token)).toString('base64url')
}

export function readTokenPointer(text: string): AccessToken | undefined {
  return readPayload(bytesOf(text), accessTokenFrom)
}

/** A grant and how often it was refreshed: the same pair always gives the same text, so a successor need not be kept. */
export interface RefreshToken {
  readonly grantId: string
  readonly generation: number
}

export function writeRefreshToken(sealer: Sealer, token: RefreshToken): string {
  return sealer.tag(refreshPurpose, new PayloadWriter().bytes(bytesOf(token.grantId)).u32(token.generation).finish())
}

export function readRefreshToken(sealer: Sealer, text: string): RefreshToken | undefined {
  const payload = sealer.untag(refreshPurpose, text)
  return (
    payload && readPayload(payload, (reader) => ({ grantId: idOf(reader.bytes(idLength)), generation: reader.u32() }))
  )
}

/** What was decided when the person came back from sign-in and consent; the authorize step stores nothing. */
export interface AuthorizationCode {
  readonly clientRow: number
  readonly userId: number
  readonly sessionId: string
  readonly scopes: string
  /** The APIs that were named (RFC 8707), separated by spaces; '' for none. */
  readonly audiences: string
  /** The claims request as JSON text (OpenID Connect Core §5.5); '' for none. */
  readonly claims: string
  readonly redirectUri: string
  /** Whether the request named the redirect URI: only then must the token request repeat it (RFC 6749 §4.1.3). */
  readonly redirectUriWasSent: boolean
  /** Whether the client had no other one. */
  readonly redirectUriIsOnlyOne: boolean
  readonly codeChallenge: string | undefined
  readonly codeChallengeMethod: 'S256' | 'plain' | undefined
  readonly nonce: string | undefined
  readonly authenticatedAt: Instant
  readonly methods: readonly string[]
  readonly userEpoch: number
  readonly clientEpoch: number
  readonly consentEpoch: number
  readonly installationEpoch: number
  readonly issuedAt: Instant
  readonly expiresAt: Instant
}

/** The random nonce of the seal makes every code another text, also for the same facts. */
export function writeAuthorizationCode(sealer: Sealer, code: AuthorizationCode): string {
  const writer = new PayloadWriter()
    .u32(code.clientRow)
    .u32(code.userId)
    .bytes(bytesOf(code.sessionId))
    .text(code.scopes)
    .text(code.audiences)
    .text(code.claims)
    .text(code.redirectUri)
    .u8((code.redirectUriWasSent ? 1 : 0) + (code.redirectUriIsOnlyOne ? 2 : 0))
    .text(code.codeChallenge ?? '')
    .text(code.codeChallengeMethod ?? '')
    .text(code.nonce ?? '')
    .instant(code.authenticatedAt)
    .text(code.methods.join(' '))
    .u32(code.userEpoch)
    .u32(code.clientEpoch)
    .u32(code.consentEpoch)
    .u32(code.installationEpoch)
    .instant(code.issuedAt)
    .instant(code.expiresAt)
  return sealer.seal(codePurpose, writer.finish())
}

export function readAuthorizationCode(sealer: Sealer, text: string): AuthorizationCode | undefined {
  const payload = sealer.open(codePurpose, text)
  return payload && readPayload(payload, authorizationCodeFrom)
}

function authorizationCodeFrom(reader: PayloadReader): AuthorizationCode {
  const head = {
    clientRow: reader.u32(),
    userId: reader.u32(),
    sessionId: idOf(reader.bytes(idLength)),
    scopes: reader.text(),
    audiences: reader.text(),
    claims: reader.text(),
    redirectUri: reader.text(),
  }
  const flags = reader.u8()
  const challenge = reader.text()
  const method = reader.text()
  const nonce = reader.text()
  return {
    ...head,
    redirectUriWasSent: (flags & 1) !== 0,
    redirectUriIsOnlyOne: (flags & 2) !== 0,
    codeChallenge: challenge === '' ? undefined : challenge,
    codeChallengeMethod: method === 'S256' || method === 'plain' ? method : undefined,
    nonce: nonce === '' ? undefined : nonce,
    authenticatedAt: reader.instant(),
    methods: reader.text().split(' '),
    userEpoch: reader.u32(),
    clientEpoch: reader.u32(),
    consentEpoch: reader.u32(),
    installationEpoch: reader.u32(),
    issuedAt: reader.instant(),
    expiresAt: reader.instant(),
  }
}
