// What a person is asked to allow. It stays on the server while the question is open; the page carries only its id.
export interface AuthorizationTransaction {
  readonly id: string
  readonly sessionId: string
  readonly asked: AskedAuthorization
}

export interface AskedAuthorization {
  readonly clientRow: number
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly redirectUriWasSent: boolean
  readonly state: string | undefined
  readonly nonce: string | undefined
  readonly codeChallenge: { readonly challenge: string; readonly method: 'S256' | 'plain' } | undefined
}
