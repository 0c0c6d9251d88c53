import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  checkPostLogoutUri,
  checkRedirectUri,
  matchRedirectUri,
  type RedirectUriFault,
  redirectUriFaults,
} from './redirect-uri.ts'

const REGISTERED = [
  'https://app.example.com/cb',
  'https://app.example.com/cb?tenant=1',
  'http://127.0.0.1:8000/cb',
  'http://[::1]/cb',
  'http://localhost:9988/accounts/customprovider/login/callback/',
  'com.example.app:/callback',
] as const

test('the URIs of ordinary clients may be registered', () => {
  const good = [
    ...REGISTERED,
    'https://app.example.com',
    'https://xn--bcher-kva.example/cb',
    'https://192.0.2.7:8443/cb',
    'https://[2001:db8::1]/cb',
    'https://my_app.internal/~me/cb;v=1?a=b&c=%20',
    'com.example.app://callback/done',
    'com.example.app:///callback',
  ]
  for (const uri of good) assert.equal(checkRedirectUri(uri, { allowCustomScheme: true }), undefined, uri)
})

// Spellings at which parsers disagree, or that carry a code elsewhere. The fault is the one at registration; undefined:
// it could be registered by its owner, and still it is none of the registered ones above.
const HOSTILE: readonly (readonly [string, RedirectUriFault | undefined])[] = [
  // userinfo and the several meanings of "@"
  ['https://app.example.com@evil.test/cb', 'userinfo'],
  ['https://evil.test@app.example.com/cb', 'userinfo'],
  ['https://app.example.com:443@evil.test/cb', 'userinfo'],
  ['https://a@b@evil.test/cb', 'userinfo'],
  ['https://@app.example.com/cb', 'userinfo'],
  ['https://app.example.com%40evil.test/cb', 'host'],
  ['http://127.0.0.1:80@evil.test/cb', 'userinfo'],
  ['http://127.0.0.1:8000@evil.test/cb', 'userinfo'],
  ['http://[::1]@evil.test/cb', 'userinfo'],
  ['com.example.app://user@host/callback', 'userinfo'],
  // backslashes and slashes
  ['https://evil.test\\@app.example.com/cb', 'character'],
  ['https://app.example.com\\.evil.test/cb', 'character'],
  ['https:\\\\app.example.com\\cb', 'character'],
  ['https://app.example.com/cb\\', 'character'],
  ['https://app.example.com/%5c..%5c', 'percent-encoding'],
  ['//app.example.com/cb', 'not-absolute'],
  ['///app.example.com/cb', 'not-absolute'],
  ['/cb', 'not-absolute'],
  ['https:app.example.com/cb', 'host'],
  ['https:/app.example.com/cb', 'host'],
  ['https:///app.example.com/cb', 'host'],
  ['https://app.example.com//cb', undefined],
  ['https://app.example.com/cb/', undefined],
  ['https://app.example.com', undefined],
  // dot segments, encoded ones and matrix parameters
  ['https://app.example.com/cb/../evil', 'dot-segment'],
  ['https://app.example.com/./cb', 'dot-segment'],
  ['https://app.example.com/x/%2e%2e/cb', 'dot-segment'],
  ['https://app.example.com/x/%2E./cb', 'dot-segment'],
  ['https://app.example.com/cb/..;/evil', 'dot-segment'],
  ['https://app.example.com/cb/..%3B/evil', 'dot-segment'],
  ['https://app.example.com/cb/%2e%2e%2fevil', 'dot-segment'],
  ['https://app.example.com/cb;x=1', undefined],
  ['https://app.example.com/%63b', undefined],
  ['https://app.example.com/cb%2f', undefined],
  // control characters, white space, half percent signs
  [' https://app.example.com/cb', 'character'],
  ['https://app.example.com/cb ', 'character'],
  ['https://app.example.com/cb\t', 'character'],
  ['https://app.\texample.com/cb', 'character'],
  ['https://app.example.com/cb\r\nLocation: https://evil.test', 'character'],
  ['https://app.example.com/cb\0', 'character'],
  ['ht\ntps://app.example.com/cb', 'character'],
  ['https://app.example.com/cb%00', 'percent-encoding'],
  ['https://app.example.com/cb%0d%0aX:1', 'percent-encoding'],
  ['https://app.example.com/cb%09', 'percent-encoding'],
  ['https://app.example.com/cb%zz', 'percent-encoding'],
  ['https://app.example.com/cb%', 'percent-encoding'],
  // unicode look-alikes: fullwidth and ideographic dots and slashes, IDN, invisible characters
  ['https://app\uff0eexample\uff0ecom/cb', 'character'],
  ['https://app\u3002example.com/cb', 'character'],
  ['https://evil.test\uff0fapp.example.com/cb', 'character'],
  ['https://app.ex\u0430mple.com/cb', 'character'],
  ['https://app.example.com\u200b/cb', 'character'],
  ['https://app.example.com/cb\u202e', 'character'],
  ['https://app.\u212axample.com/cb', 'character'],
  // fragments and queries
  ['https://app.example.com/cb#', 'fragment'],
  ['https://app.example.com/cb#@evil.test', 'fragment'],
  ['https://evil.test#app.example.com/cb', 'fragment'],
  ['https://evil.test?app.example.com/cb', undefined],
  ['https://app.example.com/cb?', undefined],
  ['https://app.example.com/cb?tenant=2', undefined],
  ['https://app.example.com/cb?tenant=1&x=2', undefined],
  ['https://app.example.com/cb?TENANT=1', undefined],
  ['https://app.example.com/cb?code=attacker', 'response-parameter'],
  ['https://app.example.com/cb?tenant=1&state=x', 'response-parameter'],
  ['https://app.example.com/cb?%63ode=attacker', 'response-parameter'],
  ['https://app.example.com/cb?tenant=1;code=x', 'response-parameter'],
  ['https://app.example.com/cb?code[]=x', 'response-parameter'],
  ['https://app.example.com/cb?ERROR', 'response-parameter'],
  ['https://app.example.com/cb?iss=https://evil.test', 'response-parameter'],
  ['https://app.example.com/cb?response=jwt', 'response-parameter'],
  // letter case
  ['HTTPS://app.example.com/cb', undefined],
  ['https://APP.example.com/cb', undefined],
  ['https://app.example.com/CB', undefined],
  ['COM.EXAMPLE.APP:/callback', undefined],
  // ports
  ['https://app.example.com:443/cb', undefined],
  ['https://app.example.com:8443/cb', undefined],
  ['https://app.example.com:/cb', 'port'],
  ['https://app.example.com:0/cb', 'port'],
  ['https://app.example.com:0443/cb', 'port'],
  ['https://app.example.com:65536/cb', 'port'],
  ['https://app.example.com:443:443/cb', 'port'],
  ['https://app.example.com:+443/cb', 'port'],
  ['https://app.example.com:443.evil.test/cb', 'port'],
  // hosts that continue, begin or hide another
  ['https://app.example.com.evil.test/cb', undefined],
  ['https://evilapp.example.com/cb', undefined],
  ['https://app.example.com./cb', 'host'],
  ['https://app..example.com/cb', 'host'],
  ['https://app.example.com,evil.test/cb', 'host'],
  ['https://app.example.com&evil.test/cb', 'host'],
  ['https://app.example.com%2eevil.test/cb', 'host'],
  ['https://[app.example.com]/cb', 'host'],
  ['https://*.example.com/cb', 'wildcard'],
  ['https://app.example.com/*', 'wildcard'],
  ['https://2130706433/cb', 'host'],
  // loopback
  ['http://app.example.com/cb', 'http-not-loopback'],
  ['http://localhost.evil.test/cb', 'http-not-loopback'],
  ['http://localhost:9988.evil.test/accounts/customprovider/login/callback/', 'port'],
  ['http://localhost:54321/accounts/customprovider/login/callback/', undefined],
  ['http://localhost/accounts/customprovider/login/callback/', undefined],
  ['http://LOCALHOST:9988/accounts/customprovider/login/callback/', 'http-not-loopback'],
  ['http://localhost:8000/cb', undefined],
  ['http://127.0.0.1.evil.test/cb', 'http-not-loopback'],
  ['http://127.0.0.1.evil.test:8000/cb', 'http-not-loopback'],
  ['http://127.1:8000/cb', 'host'],
  ['http://127.0.0.01:8000/cb', 'host'],
  ['http://0x7f.0.0.1:8000/cb', 'host'],
  ['http://0177.0.0.1:8000/cb', 'host'],
  ['http://127.0.0.2:8000/cb', 'http-not-loopback'],
  ['http://0.0.0.0:8000/cb', 'http-not-loopback'],
  ['http://[::]:8000/cb', 'http-not-loopback'],
  ['http://[0:0:0:0:0:0:0:1]/cb', 'http-not-loopback'],
  ['http://[::ffff:127.0.0.1]/cb', 'http-not-loopback'],
  ['http://[::1%25eth0]/cb', 'host'],
  ['http://[::1].evil.test/cb', 'host'],
  ['http://[::1]evil.test/cb', 'host'],
  ['http://::1/cb', 'host'],
  ['http://127.0.0.1:0/cb', 'port'],
  ['http://127.0.0.1:00001/cb', 'port'],
  ['http://127.0.0.1:65536/cb', 'port'],
  ['http://127.0.0.1:/cb', 'port'],
  ['http://127.0.0.1:1/cb/', undefined],
  ['http://127.0.0.1:1/cb?x=1', undefined],
  ['http://127.0.0.1:1/CB', undefined],
  ['http://127.0.0.1:1/cb#f', 'fragment'],
  ['http://127.0.0.1:1', undefined],
  ['https://127.0.0.1:8000/cb', undefined],
  ['HTTP://127.0.0.1:1/cb', undefined],
  // schemes
  ['javascript:alert(1)//https://app.example.com/cb', 'dangerous-scheme'],
  ['JavaScript://app.example.com/%0aalert(1)', 'percent-encoding'],
  ['jAvAsCrIpT:alert(1)', 'dangerous-scheme'],
  ['data:text/html,x', 'dangerous-scheme'],
  ['DATA:text/html;base64,eA==', 'dangerous-scheme'],
  ['blob:https://app.example.com/1', 'dangerous-scheme'],
  ['file:///etc/passwd', 'dangerous-scheme'],
  ['vbscript:x', 'dangerous-scheme'],
  ['view-source:https://app.example.com/cb', 'dangerous-scheme'],
  ['myapp:/callback', 'scheme-without-dot'],
  ['urn:ietf:wg:oauth:2.0:oob', 'scheme-without-dot'],
  ['ftp://app.example.com/cb', 'scheme-without-dot'],
  ['com.example.:/callback', 'scheme-without-dot'],
  ['com.example.app:/callback/', undefined],
  ['com.example.app.evil:/callback', undefined],
  ['com.example.app://callback', undefined],
  ['1https://app.example.com/cb', 'not-absolute'],
  ['://app.example.com/cb', 'not-absolute'],
  ['', 'length'],
  [`https://app.example.com/${'a'.repeat(2048)}`, 'length'],
]

test('no hostile spelling is taken for a registered URI (RFC 9700 §2.1)', () => {
  for (const [uri] of HOSTILE) assert.equal(matchRedirectUri(REGISTERED, uri), false, JSON.stringify(uri))
})

test('each hostile spelling is refused at registration for its own reason', () => {
  for (const [uri, fault] of HOSTILE) {
    assert.equal(checkRedirectUri(uri, { allowCustomScheme: true }), fault, JSON.stringify(uri))
  }
})

test('every fault has its sentence and is met by the corpus or by the policy', () => {
  const met = new Set<string | undefined>([...HOSTILE.map(([, fault]) => fault), 'private-use-scheme'])
  for (const [fault, sentence] of Object.entries(redirectUriFaults)) {
    assert.ok(met.has(fault), fault)
    assert.match(sentence, /^[A-Z].+\.$/)
  }
})

test('private-use schemes are only for clients that may have them (RFC 8252 §7.1)', () => {
  assert.equal(checkRedirectUri('com.example.app:/callback'), 'private-use-scheme')
  assert.equal(checkRedirectUri('com.example.app:/callback', { allowCustomScheme: true }), undefined)
})

test('a registered URI matches itself', () => {
  for (const uri of REGISTERED) assert.equal(matchRedirectUri(REGISTERED, uri), true, uri)
  assert.equal(matchRedirectUri([], 'https://app.example.com/cb'), false)
  assert.equal(matchRedirectUri([''], ''), false)
})

test('a loopback address matches with any port (RFC 8252 §7.3)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('127.0.0.1', '[::1]'), (port, host) => {
      assert.equal(matchRedirectUri(REGISTERED, `http://${host}:${port}/cb`), true)
    }),
  )
  assert.equal(matchRedirectUri(REGISTERED, 'http://127.0.0.1/cb'), true)
  assert.equal(matchRedirectUri(['http://[::1]:1?x'], 'http://[::1]:2?x'), true)
})

test('a URI of which any character differs is not the registered one, but for the port of a loopback address', () => {
  const edit = fc.record({
    uri: fc.constantFrom(...REGISTERED),
    at: fc.nat(80),
    cut: fc.nat(2),
    put: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom('/', '.', '@', '%', ':', '0', '?', '#', '\\', ';'),
    ),
  })
  const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::([1-9]\d{0,4}))?\/cb$/
  const isOtherPort = (sent: string): boolean => loopback.test(sent) && Number(loopback.exec(sent)?.[1] ?? 80) <= 65_535
  fc.assert(
    fc.property(edit, ({ uri, at, cut, put }) => {
      const sent = uri.slice(0, at) + put + uri.slice(at + cut)
      const same = REGISTERED.some((registered) => registered === sent)
      assert.equal(matchRedirectUri(REGISTERED, sent), same || isOtherPort(sent), JSON.stringify(sent))
    }),
    { numRuns: 5000 },
  )
})

test('any text gets a verdict, never an exception', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'https://', 'http://127.0.0.1', 'a.b:'),
      (text, start) => {
        checkRedirectUri(start + text, { allowCustomScheme: true })
        matchRedirectUri(REGISTERED, start + text)
      },
    ),
  )
})

test('a post-logout URI may not hold a state but may hold a code', () => {
  assert.equal(checkPostLogoutUri('https://app.example.com/bye?code=7'), undefined)
  assert.equal(checkPostLogoutUri('https://app.example.com/bye?state=7'), 'response-parameter')
  assert.equal(checkPostLogoutUri('javascript:alert(1)'), 'dangerous-scheme')
})
