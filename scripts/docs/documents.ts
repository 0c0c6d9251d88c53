// The documents that the code cites, in the order in which specs/README.md lists them. A citation of another one fails.

import { Undocumented } from './sources.ts'

export interface Specification {
  readonly title: string
  readonly url: string
}

const rfc = (number: number, title: string): readonly [string, Specification] => [
  `RFC ${number}`,
  { title, url: `https://www.rfc-editor.org/rfc/rfc${number}` },
]

const openId = (name: string, file: string): readonly [string, Specification] => [
  name,
  { title: `${name} 1.0`, url: `https://openid.net/specs/${file}.html` },
]

export const documents: Readonly<Record<string, Specification>> = Object.fromEntries([
  rfc(6749, 'The OAuth 2.0 Authorization Framework'),
  [
    'OAuth 2.1',
    {
      title: 'The OAuth 2.1 Authorization Framework (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-oauth-v2-1/',
    },
  ],
  rfc(6750, 'The OAuth 2.0 Authorization Framework: Bearer Token Usage'),
  rfc(7009, 'OAuth 2.0 Token Revocation'),
  rfc(7519, 'JSON Web Token (JWT)'),
  rfc(7591, 'OAuth 2.0 Dynamic Client Registration Protocol'),
  rfc(7636, 'Proof Key for Code Exchange by OAuth Public Clients'),
  rfc(7662, 'OAuth 2.0 Token Introspection'),
  rfc(7521, 'Assertion Framework for OAuth 2.0 Client Authentication and Authorization Grants'),
  rfc(7523, 'JSON Web Token (JWT) Profile for OAuth 2.0 Client Authentication and Authorization Grants'),
  rfc(7592, 'OAuth 2.0 Dynamic Client Registration Management Protocol'),
  rfc(7797, 'JSON Web Signature (JWS) Unencoded Payload Option'),
  rfc(8252, 'OAuth 2.0 for Native Apps'),
  rfc(8414, 'OAuth 2.0 Authorization Server Metadata'),
  rfc(8705, 'OAuth 2.0 Mutual-TLS Client Authentication and Certificate-Bound Access Tokens'),
  rfc(8707, 'Resource Indicators for OAuth 2.0'),
  rfc(9068, 'JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens'),
  rfc(9101, 'The OAuth 2.0 Authorization Framework: JWT-Secured Authorization Request (JAR)'),
  rfc(9207, 'OAuth 2.0 Authorization Server Issuer Identification'),
  rfc(9470, 'OAuth 2.0 Step Up Authentication Challenge Protocol'),
  rfc(9700, 'Best Current Practice for OAuth 2.0 Security'),
  rfc(9701, 'JSON Web Token (JWT) Response for OAuth Token Introspection'),
  rfc(9728, 'OAuth 2.0 Protected Resource Metadata'),
  openId('OpenID Connect Core', 'openid-connect-core-1_0'),
  openId('OpenID Connect Discovery', 'openid-connect-discovery-1_0'),
  openId('OpenID Connect Dynamic Client Registration', 'openid-connect-registration-1_0'),
  openId('OpenID Connect RP-Initiated Logout', 'openid-connect-rpinitiated-1_0'),
  openId('OpenID Connect Back-Channel Logout', 'openid-connect-backchannel-1_0'),
  openId('OpenID Connect Front-Channel Logout', 'openid-connect-frontchannel-1_0'),
  openId('OpenID Connect Session Management', 'openid-connect-session-1_0'),
  openId('OAuth 2.0 Form Post Response Mode', 'oauth-v2-form-post-response-mode-1_0'),
  [
    'OAuth 2.0 Multiple Response Type',
    {
      title: 'OAuth 2.0 Multiple Response Type Encoding Practices',
      url: 'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html',
    },
  ],
  openId('OAuth 2.0 Form Post Response Mode', 'oauth-v2-form-post-response-mode-1_0'),
  rfc(7515, 'JSON Web Signature (JWS)'),
  rfc(7517, 'JSON Web Key (JWK)'),
  rfc(7518, 'JSON Web Algorithms (JWA)'),
  rfc(7638, 'JSON Web Key (JWK) Thumbprint'),
  rfc(8037, 'CFRG Elliptic Curve Diffie-Hellman and Signatures in JOSE'),
  rfc(8032, 'Edwards-Curve Digital Signature Algorithm (EdDSA)'),
  rfc(
    9864,
    'Fully-Specified Algorithms for JSON Object Signing and Encryption (JOSE) and CBOR Object Signing and Encryption (COSE)',
  ),
  rfc(5280, 'Internet X.509 Public Key Infrastructure Certificate and Certificate Revocation List (CRL) Profile'),
  rfc(8176, 'Authentication Method Reference Values'),
  rfc(8725, 'JSON Web Token Best Current Practices'),
  rfc(2104, 'HMAC: Keyed-Hashing for Message Authentication'),
  rfc(4180, 'Common Format and MIME Type for Comma-Separated Values (CSV) Files'),
  rfc(4231, 'Identifiers and Test Vectors for HMAC-SHA-224, HMAC-SHA-256, HMAC-SHA-384, and HMAC-SHA-512'),
  rfc(4648, 'The Base16, Base32, and Base64 Data Encodings'),
  rfc(5869, 'HMAC-based Extract-and-Expand Key Derivation Function (HKDF)'),
  rfc(9106, 'Argon2 Memory-Hard Function for Password Hashing and Proof-of-Work Applications'),
  [
    'NIST SP 800-38D',
    {
      title: 'Recommendation for Block Cipher Modes of Operation: GCM and GMAC',
      url: 'https://csrc.nist.gov/pubs/sp/800/38/d/final',
    },
  ],
  [
    'NIST SP 800-63B-4',
    {
      title: 'Digital Identity Guidelines: Authentication and Authenticator Management',
      url: 'https://pages.nist.gov/800-63-4/sp800-63b.html',
    },
  ],
  [
    'OWASP ASVS 5.0',
    { title: 'Application Security Verification Standard 5.0', url: 'https://github.com/OWASP/ASVS/tree/v5.0.0' },
  ],
  rfc(1035, 'Domain Names: Implementation and Specification'),
  rfc(3986, 'Uniform Resource Identifier (URI): Generic Syntax'),
  rfc(4291, 'IP Version 6 Addressing Architecture'),
  rfc(3056, 'Connection of IPv6 Domains via IPv4 Clouds'),
  rfc(4380, 'Teredo: Tunneling IPv6 over UDP through Network Address Translations (NATs)'),
  rfc(5214, 'Intra-Site Automatic Tunnel Addressing Protocol (ISATAP)'),
  rfc(6052, 'IPv6 Addressing of IPv4/IPv6 Translators'),
  rfc(6761, 'Special-Use Domain Names'),
  rfc(6762, 'Multicast DNS'),
  rfc(6890, 'Special-Purpose IP Address Registries'),
  rfc(8375, "Special-Use Domain 'home.arpa.'"),
  rfc(9476, 'The .alt Special-Use Top-Level Domain'),
  rfc(3966, 'The tel URI for Telephone Numbers'),
  rfc(5321, 'Simple Mail Transfer Protocol'),
  rfc(6454, 'The Web Origin Concept'),
  [
    'RFC 6265bis',
    {
      title: 'Cookies: HTTP State Management Mechanism (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/',
    },
  ],
  rfc(7617, "The 'Basic' HTTP Authentication Scheme"),
  rfc(8259, 'The JavaScript Object Notation (JSON) Data Interchange Format'),
  rfc(6585, 'Additional HTTP Status Codes'),
  rfc(9110, 'HTTP Semantics'),
  rfc(9112, 'HTTP/1.1'),
  rfc(6265, 'HTTP State Management Mechanism'),
  rfc(8470, 'Using Early Data in HTTP'),
  rfc(9111, 'HTTP Caching'),
  rfc(9113, 'HTTP/2'),
  rfc(9449, 'OAuth 2.0 Demonstrating Proof of Possession (DPoP)'),
  rfc(9457, 'Problem Details for HTTP APIs'),
  rfc(9309, 'Robots Exclusion Protocol'),
  ['CSP 3', { title: 'Content Security Policy Level 3', url: 'https://www.w3.org/TR/CSP3/' }],
  ['WHATWG HTML', { title: 'HTML Standard', url: 'https://html.spec.whatwg.org/' }],
  ['WHATWG URL', { title: 'URL Standard', url: 'https://url.spec.whatwg.org/' }],
  ['WCAG 2.2', { title: 'Web Content Accessibility Guidelines 2.2', url: 'https://www.w3.org/TR/WCAG22/' }],
])

export function documentOf(name: string): Specification {
  const known = documents[name]
  if (known === undefined)
    throw new Undocumented(`The code cites ${name}; scripts/docs/documents.ts does not know its title.`)
  return known
}
