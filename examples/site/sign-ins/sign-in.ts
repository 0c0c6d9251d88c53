// Decides what a way to sign in consists of: the server of OpenID Connect by its issuer, or one of plain OAuth 2 by its three
// URLs, and what this site is called there.
import type { Provider } from '@latchkey/client'

/** The one that the environment may describe; its callback is /accounts/customprovider/login/callback/. */
export const ownId = 'customprovider'

export interface SignIn {
  /** Part of the redirect URI. */
  readonly id: string
  readonly name: string
  readonly kind: 'openid' | 'oauth2'
  readonly clientId: string
  /** Empty for a public client. */
  readonly clientSecret: string
  /** Of `openid`. */
  readonly issuer: string
  /** Of `oauth2`, as the other two. */
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly profileUrl: string
}

/** Which field of a form has which mistakes. */
export type Mistakes = Readonly<Record<string, string>>

export function callbackPath(id: string): string {
  return `/accounts/${id}/login/callback/`
}

export function providerOf(signIn: SignIn): Provider {
  const { id, name, clientId, clientSecret, issuer, authorizationUrl, tokenUrl, profileUrl } = signIn
  const secret = clientSecret === '' ? {} : { clientSecret }
  const basics = { id, name, clientId, ...secret, callbackPath: callbackPath(id) }
  if (signIn.kind === 'openid') return { ...basics, issuer }
  return {
    ...basics,
    scopes: ['read'],
    endpoints: { authorization: authorizationUrl, token: tokenUrl, profile: profileUrl },
    fields: { subject: 'id', username: 'username', email: 'email', givenName: 'first_name', familyName: 'last_name' },
  }
}

/** What people are known by: the issuer and their subject, or for plain OAuth 2 the id of the sign-in and theirs. */
export function providerName({ kind, issuer, id }: SignIn): string {
  return kind === 'openid' ? issuer : id
}

/** Where a form of ours may end by a redirect: browsers hold it against the policy of the page. */
export function originsOf(signIns: readonly SignIn[]): readonly string[] {
  const urls = signIns.map(({ kind, issuer, authorizationUrl }) => (kind === 'openid' ? issuer : authorizationUrl))
  return [...new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin))]
}

/** Reads a form; `known` is what is changed, whose secret stays when none is typed. */
export function readSignIn(form: URLSearchParams, known: SignIn | undefined): SignIn {
  const typed = (name: string): string => (form.get(name) ?? '').trim()
  const secret = typed('client_secret')
  const keeps = secret === '' && form.get('public') !== 'on'
  return {
    id: known?.id ?? typed('id').toLowerCase(),
    name: typed('name'),
    kind: typed('kind') === 'oauth2' ? 'oauth2' : 'openid',
    clientId: typed('client_id'),
    clientSecret: keeps ? (known?.clientSecret ?? '') : secret,
    issuer: typed('issuer'),
    authorizationUrl: typed('authorization_url'),
    tokenUrl: typed('token_url'),
    profileUrl: typed('profile_url'),
  }
}

/** What is wrong with it, by field; what only the whole shows is found where it is put to use. */
export function mistakesIn(signIn: SignIn, taken: readonly string[], isPublic: boolean): Mistakes {
  const { kind, id, name, clientId, clientSecret } = signIn
  const urls = kind === 'openid' ? (['issuer'] as const) : (['authorizationUrl', 'tokenUrl', 'profileUrl'] as const)
  const fields = {
    issuer: 'issuer',
    authorizationUrl: 'authorization_url',
    tokenUrl: 'token_url',
    profileUrl: 'profile_url',
  }
  return firstMistakes([
    [!/^[a-z0-9-]{1,40}$/.test(id), 'id', 'Use letters, digits and hyphens.'],
    [taken.includes(id), 'id', 'There is a sign-in with this id already.'],
    [name === '', 'name', 'Enter what people read on the button.'],
    [clientId === '', 'client_id', 'Enter the client id that the server gave.'],
    [clientSecret === '' && !isPublic, 'client_secret', 'Enter the secret, or tick that there is none.'],
    ...urls.map((url) => [!URL.canParse(signIn[url]), fields[url], 'Enter a URL, with https: or http:.'] as const),
  ])
}

/** Of each field the first that holds. */
export function firstMistakes(all: readonly (readonly [holds: boolean, field: string, words: string])[]): Mistakes {
  const held = all.filter(([holds]) => holds).map(([, field, words]) => [field, words] as const)
  return Object.fromEntries(held.toReversed())
}
