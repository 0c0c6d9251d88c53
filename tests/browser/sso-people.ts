// Who plays in the tests of the SSO pair: clients and people that both ends of the channel know.

export interface Registration {
  readonly clientId: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly backchannelLogoutUri?: string | undefined
}

export interface Member {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Of the demo. */
export const alice: Member = { username: 'alice', email: 'alice@example.com', password: 'correct-horse-battery' }

export const people: readonly Member[] = Array.from({ length: 10 }, (_, at) => ({
  username: `person${at + 1}`,
  email: `person${at + 1}@example.com`,
  password: `quiet-harbour-${at + 1}-lantern`,
}))
