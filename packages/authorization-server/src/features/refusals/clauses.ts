// Which clause a refusal rests on, for the people who run the client: the rule's own, else the one that defines the code.
import { oauthErrors } from '@latchkey/protocol'

const openid = 'OpenID Connect Core'

/** By rule; a key that ends in `*` stands for all that begin so. */
const clauses: Readonly<Record<string, string>> = {
  'redirect-uri-not-registered': 'RFC 9700 §4.1.3',
  'parameter-repeated': 'RFC 6749 §3.1',
  'pkce-required': 'RFC 7636 §4.4.1',
  'response-type': 'RFC 7591 §2',
  'response-mode': 'OAuth 2.0 Multiple Response Types §2.1, §5',
  'form-post-without-web-address': 'OAuth 2.0 Form Post Response Mode §2',
  'nonce-missing': `${openid} §3.2.2.1, §3.3.2.11`,
  'openid-scope-missing': `${openid} §3.1.2.1`,
  'max-age': `${openid} §3.1.2.1`,
  'prompt-none-combined': `${openid} §3.1.2.1`,
  'prompt-none-*': `${openid} §3.1.2.6`,
  'id-token-hint-*': `${openid} §3.1.2.1, §3.1.2.2`,
  'claims-syntax': `${openid} §5.5`,
  'acr-not-on-offer': `${openid} §5.5.1.1`,
  'request-uri-*': `${openid} §6.2`,
  'request-object-*': 'RFC 9101 §4, §6',
}

export function clauseOf({ rule, code }: { readonly rule: string | undefined; readonly code: string }): string {
  const own = Object.entries(clauses).find(([name]) =>
    name.endsWith('*') ? rule?.startsWith(name.slice(0, -1)) === true : rule === name,
  )
  return own?.[1] ?? Object.entries(oauthErrors).find(([name]) => name === code)?.[1].spec ?? 'RFC 9110 §15.5'
}
