// Spellings of a registered address that are not it: what parsers of URLs read differently, and what other servers once let
// through. RFC 9700 §2.1, §4.1; RFC 8252 §7.3, §8.3. They serve every place where an address is compared with registered ones.

export interface Spelling {
  readonly registered: string
  readonly sent: string
  /** What the spelling tries. */
  readonly why: string
}

interface Base {
  readonly scheme: string
  readonly host: string
  /** With its colon, or empty. */
  readonly port: string
  /** From the first slash on, with the query. */
  readonly rest: string
}

const evil = 'evil.example'

function partsOf(registered: string): Base {
  const [, scheme = '', host = '', port = '', rest = ''] =
    /^([a-z][a-z0-9.+-]*):\/\/(\[[^\]]*\]|[^:/?]*)(:\d+)?(.*)$/.exec(registered) ?? []
  return { scheme, host, port, rest }
}

type Tricks = Readonly<Record<string, string>>

function schemeTricks(whole: string, { scheme, host, port, rest }: Base): Tricks {
  const after = `://${host}${port}${rest}`
  return {
    'the other scheme of the web': `${scheme === 'https' ? 'http' : 'https'}${after}`,
    'the scheme in capitals': `${scheme.toUpperCase()}${after}`,
    'the scheme with one capital': `${scheme[0]?.toUpperCase()}${scheme.slice(1)}${after}`,
    'no scheme': after.slice(1),
    'no scheme and no slashes': after.slice(3),
    'a scheme-relative address elsewhere': `//${evil}${rest}`,
    'one slash after the scheme': `${scheme}:/${host}${port}${rest}`,
    'no slash after the scheme': `${scheme}:${host}${port}${rest}`,
    'three slashes after the scheme': `${scheme}:///${host}${port}${rest}`,
    'backslashes after the scheme': `${scheme}:\\\\${host}${port}${rest}`,
    'a slash and a backslash after the scheme': `${scheme}:/\\${host}${port}${rest}`,
    'a space before the scheme': ` ${whole}`,
    'a tab before the scheme': `\t${whole}`,
    'a line break before the scheme': `\n${whole}`,
    'a tab within the scheme': `${scheme.slice(0, 2)}\t${scheme.slice(2)}${after}`,
    'a byte order mark before the scheme': `\ufeff${whole}`,
    'a control character before the scheme': `\u0001${whole}`,
    'the scheme javascript': `javascript:alert(1)//${whole}`,
    'the scheme javascript, in mixed letters': `JaVaScRiPt://${host}${port}${rest}%0aalert(1)`,
    'the scheme data': `data:text/html,<script>location='${whole}'</script>`,
    'the scheme vbscript': `vbscript:msgbox("${whole}")`,
    'the scheme blob': `blob:${whole}`,
    'the scheme file': `file://${host}${rest}`,
    'the scheme view-source': `view-source:${whole}`,
    'the scheme ws': `ws${after}`,
    'an unknown scheme': `x${scheme}${after}`,
    'the scheme percent-encoded': `%68ttps${after}`,
    'the colon percent-encoded': `${scheme}%3a//${host}${port}${rest}`,
  }
}

function hostTricks({ scheme, host, port, rest }: Base): Tricks {
  const at = (authority: string): string => `${scheme}://${authority}${rest}`
  return {
    'the host in capitals': at(host.toUpperCase() === host ? `${host}.` : `${host.toUpperCase()}${port}`),
    'the host with one capital': at(`${host.replace(/[a-z]/, (letter) => letter.toUpperCase())}X${port}`),
    'a dot after the host': at(`${host}.${port}`),
    'two dots after the host': at(`${host}..${port}`),
    'a dot before the host': at(`.${host}${port}`),
    'a host that ends alike': at(`evil${host}${port}`),
    'a host below ours': at(`a.${host}${port}`),
    'a host that begins alike': at(`${host}.${evil}${port}`),
    'a host that begins alike, joined by a dash': at(`${host}-${evil}${port}`),
    'another host': at(`${evil}${port}`),
    'another host, with ours in the path': `${scheme}://${evil}/${host}${rest}`,
    'another host, with ours in the query': `${scheme}://${evil}/?${host}${rest}`,
    'another host, with ours in the fragment': `${scheme}://${evil}#${host}${rest}`,
    'a fullwidth dot': at(`${host.replace('.', '\uff0e')}${port}x`),
    'an ideographic full stop': at(`${host.replace('.', '\u3002')}${port}x`),
    'a fullwidth letter': at(`\uff41${host.slice(1)}${port}`),
    'a cyrillic letter': at(`\u0430${host.slice(1)}${port}`),
    'a soft hyphen': at(`${host.slice(0, 1)}\u00ad${host.slice(1)}${port}`),
    'a zero-width space': at(`${host}\u200b${port}`),
    'punycode of a lookalike': at(`xn--pp-7cd.example${port}`),
    'a letter percent-encoded': at(`%61${host.slice(1)}${port}`),
    'a dot percent-encoded': at(`${host.replace('.', '%2e')}%2e${port}`),
    'a slash percent-encoded after the host': at(`${host}%2f.${evil}`),
    'a question mark percent-encoded after the host': at(`${host}%3f.${evil}`),
    'a number sign percent-encoded after the host': at(`${host}%23.${evil}`),
    'a NUL percent-encoded after the host': at(`${host}%00.${evil}`),
    'a line break percent-encoded after the host': at(`${host}%0d%0a.${evil}`),
    'a tab within the host': at(`${host.slice(0, 2)}\t${host.slice(2)}${port}`),
    'a line break within the host': at(`${host.slice(0, 2)}\n${host.slice(2)}${port}`),
    'a space after the host': at(`${host} ${port}`),
    'a backslash after the host': at(`${host}\\.${evil}`),
    'an ampersand after the host': at(`${host}&.${evil}`),
    'a semicolon after the host': at(`${host};.${evil}`),
    'a comma after the host': at(`${host},${evil}`),
    'a quotation mark after the host': at(`${host}".${evil}`),
    'no host': at(port),
    'an IPv6 zone': at(`[::1%25${host}]${port}`),
  }
}

function userinfoTricks({ scheme, host, port, rest }: Base): Tricks {
  const ours = `${host}${port}`
  const at = (authority: string): string => `${scheme}://${authority}${rest}`
  return {
    'a user before the host': at(`user@${ours}`),
    'a user and a password': at(`user:secret@${ours}`),
    'an empty user': at(`@${ours}`),
    'an empty user and password': at(`:@${ours}`),
    'our host as the user of another': at(`${host}@${evil}`),
    'our host and port as the user of another': at(`${ours || host}:@${evil}`),
    'two at signs, another host last': at(`a@${ours}@${evil}`),
    'two at signs, our host last': at(`a@${evil}@${ours}`),
    'many at signs': at(`@@@${ours}@@`),
    'an at sign percent-encoded': at(`${host}%40${evil}`),
    'another host as user, by a backslash': `${scheme}://${evil}\\@${ours}${rest}`,
    'another host before a percent-encoded backslash': `${scheme}://${evil}%5c@${ours}${rest}`,
    'another host before a slash and an at sign': `${scheme}://${evil}/@${ours}${rest}`,
    'another host before a query and an at sign': `${scheme}://${evil}?@${ours}${rest}`,
    'another host before a fragment and an at sign': `${scheme}://${evil}#@${ours}${rest}`,
    'brackets around the user': at(`[${host}]@${evil}`),
    'a fullwidth at sign': at(`user\uff20${ours}`),
  }
}

function portTricks({ scheme, host, port, rest }: Base): Tricks {
  const at = (text: string): string => `${scheme}://${host}${text}${rest}`
  const usual = scheme === 'https' ? ':443' : ':80'
  return {
    'an empty port': at(':'),
    'the default port, or none': at(port === usual ? '' : usual === port ? '' : scheme === 'http' ? ':080' : usual),
    'a port with leading zeros': at(':00443'),
    'a port that is too large': at(':65536'),
    'a port that wraps around': at(':65979'),
    'port 0': at(':0'),
    'a negative port': at(':-1'),
    'a signed port': at(':+443'),
    'a port in hexadecimal': at(':0x1bb'),
    'a port in fullwidth digits': at(':\uff14\uff14\uff13'),
    'a port in arabic digits': at(':\u0664\u0664\u0663'),
    'a port that is a name': at(':https'),
    'two ports': at(':443:443'),
    'a port percent-encoded': at('%3a443'),
    'a port and a user': at(`:443@${evil}`),
    'a space in the port': at(': 443'),
    'a fraction as port': at(':443.0'),
  }
}

function pathTricks({ scheme, host, port, rest }: Base): Tricks {
  const origin = `${scheme}://${host}${port}`
  const query = rest.includes('?') ? rest.slice(rest.indexOf('?')) : ''
  const path = rest.slice(0, rest.length - query.length)
  const at = (text: string): string => `${origin}${text}${query}`
  const segment = path.slice(1)
  return {
    'the path in capitals': at(path.toUpperCase()),
    'the path with one capital': at(`/${segment[0]?.toUpperCase()}${segment.slice(1)}`),
    'a slash more, or less, at the end': at(path.endsWith('/') ? path.slice(0, -1) : `${path}/`),
    'two slashes before the path': at(`/${path}`),
    'two slashes after the path': at(`${path}//`),
    'no path': origin,
    'the root': at('/'),
    'a segment below': at(`${path}/more`),
    'a longer name': at(`${path}x`),
    'a shorter name': at(path.slice(0, -1)),
    'another path': at('/open-redirect'),
    'a dot segment before': at(`/.${path}`),
    'a dot segment after': at(`${path}/.`),
    'a double dot that leads back': at(`/x/..${path}`),
    'a double dot that leads away': at(`${path}/../redirect`),
    'a double dot above the root': at(`/..${path}`),
    'a double dot, percent-encoded': at(`/x/%2e%2e${path}`),
    'a double dot, half percent-encoded': at(`/x/.%2e${path}`),
    'a double dot, percent-encoded in capitals': at(`/x/%2E%2E${path}`),
    'a double dot, percent-encoded twice': at(`/x/%252e%252e${path}`),
    'a double dot and a slash, percent-encoded': at(`/x%2f%2e%2e${path}`),
    'a double dot behind a backslash': at(`/x\\..${path}`),
    'a double dot behind a percent-encoded backslash': at(`/x%5c..${path}`),
    'a double dot with a matrix parameter': at(`/x/..;${path}`),
    'a double dot with a matrix parameter and a value': at(`${path}/..;a=b/redirect`),
    'a double dot with a percent-encoded semicolon': at(`${path}/..%3b/redirect`),
    'a matrix parameter': at(`${path};a=b`),
    'a session id as matrix parameter': at(`${path};jsessionid=1`),
    'a letter percent-encoded': at(`/%63${segment.slice(1)}`),
    'the slash percent-encoded': at(`%2f${segment}`),
    'a percent-encoded slash in the path': at(`/x%2f..${path}`),
    'a backslash in place of the slash': at(`\\${segment}`),
    'a NUL after the path': at(`${path}%00`),
    'a NUL and another ending': at(`${path}%00.html`),
    'a space after the path': at(`${path} `),
    'a percent-encoded space after the path': at(`${path}%20`),
    'a plus after the path': at(`${path}+`),
    'a line break after the path': at(`${path}\n`),
    'a carriage return and a header': at(`${path}\r\nLocation: https://${evil}/`),
    'a percent-encoded line break and a header': at(`${path}%0d%0aLocation:%20https://${evil}/`),
    'a tab within the path': at(`/${segment.slice(0, 1)}\t${segment.slice(1)}`),
    'an overlong dot': at(`/x/%c0%ae%c0%ae${path}`),
    'a fullwidth slash': at(`/x\uff0f..${path}`),
    'a fullwidth letter': at(`/\uff43${segment.slice(1)}`),
    'a combining mark': at(`${path}\u0301`),
    'a zero-width joiner': at(`${path}\u200d`),
    'a direction override': at(`${path}\u202e`),
    'a wildcard': at('/*'),
    'a wildcard after the path': at(`${path}*`),
    'a pattern': at(`${path.slice(0, -1)}.`),
    'a bare percent sign': at(`${path}%`),
    'a broken percent-encoding': at(`${path}%zz`),
    'a lone surrogate': at(`${path}\ud800`),
    'markup after the path': at(`${path}"><svg onload=alert(1)>`),
  }
}

function queryTricks({ scheme, host, port, rest }: Base): Tricks {
  const whole = `${scheme}://${host}${port}${rest}`
  const join = rest.includes('?') ? '&' : '?'
  const bare = whole.split('?')[0] ?? ''
  return {
    'a parameter more': `${whole}${join}next=https://${evil}`,
    'a code of their own': `${whole}${join}code=stolen`,
    'a state of their own': `${whole}${join}state=theirs`,
    'an issuer of their own': `${whole}${join}iss=https://${evil}`,
    'an error of their own': `${whole}${join}error=access_denied`,
    'an access token of their own': `${whole}${join}access_token=theirs`,
    'a response of their own': `${whole}${join}response=theirs`,
    'an empty query, or none': rest.includes('?') ? bare : `${whole}?`,
    'two question marks': `${bare}??${rest.split('?')[1] ?? ''}`,
    'the question mark percent-encoded': `${bare}%3fx=1`,
    'an ampersand at the end': `${whole}${join}&`,
    'another value': `${bare}?x=2`,
    'the parameter twice': `${bare}?x=1&x=1`,
    'a parameter with brackets': `${whole}${join}code[]=x`,
    'an empty fragment': `${whole}#`,
    'a fragment': `${whole}#fragment`,
    'a fragment that is an address': `${whole}#https://${evil}/`,
    'a fragment with a token': `${whole}#access_token=theirs`,
    'a fragment before the query': `${bare}#?x=1`,
    'a fragment percent-encoded': `${whole}%23`,
    'two fragments': `${whole}##`,
    'an at sign in the query': `${whole}${join}@${evil}`,
  }
}

/** All that can be tried with an address of the web. */
export function spellingsOf(registered: string): readonly Spelling[] {
  const base = partsOf(registered)
  const groups: Readonly<Record<string, Tricks>> = {
    scheme: schemeTricks(registered, base),
    host: hostTricks(base),
    user: userinfoTricks(base),
    port: portTricks(base),
    path: pathTricks(base),
    query: queryTricks(base),
  }
  return Object.entries(groups).flatMap(([group, tricks]) =>
    Object.entries(tricks).map(([why, sent]) => ({ registered, sent, why: `${group}: ${why}` })),
  )
}

/** Other ways to write this machine, and what only looks like it (RFC 8252 §8.3; CVE-2026-18211). */
const loopbackTricks: readonly (readonly [registered: string, sent: string, why: string])[] = [
  ['http://127.0.0.1/cb', 'http://localhost/cb', 'the name in place of the address'],
  ['http://127.0.0.1/cb', 'http://localhost:54321/cb', 'the name in place of the address, on another port'],
  ['http://127.0.0.1/cb', 'http://[::1]/cb', 'the other address'],
  ['http://127.0.0.1/cb', 'http://127.0.0.2/cb', 'another address of this machine'],
  ['http://127.0.0.1/cb', 'http://127.1/cb', 'a short form'],
  ['http://127.0.0.1/cb', 'http://127.0.1/cb', 'another short form'],
  ['http://127.0.0.1/cb', 'http://2130706433/cb', 'one decimal number'],
  ['http://127.0.0.1/cb', 'http://0x7f000001/cb', 'one hexadecimal number'],
  ['http://127.0.0.1/cb', 'http://0x7f.0.0.1/cb', 'a hexadecimal part'],
  ['http://127.0.0.1/cb', 'http://0177.0.0.1/cb', 'an octal part'],
  ['http://127.0.0.1/cb', 'http://127.0.0.01/cb', 'a leading zero'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1./cb', 'a dot at the end'],
  ['http://127.0.0.1/cb', 'http://0.0.0.0/cb', 'any address'],
  ['http://127.0.0.1/cb', 'http://0/cb', 'any address, shortly'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb', 'a name that begins alike'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1@evil.example/cb', 'the address as a user'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:1234@evil.example/cb', 'the address and a port as a user'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:80:80/cb', 'two ports'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb', 'an empty port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:0/cb', 'port 0'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:00080/cb', 'a port with leading zeros'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb', 'a port that is too large'],
  ['http://127.0.0.1/cb', 'https://127.0.0.1/cb', 'the other scheme'],
  ['http://127.0.0.1/cb', 'HTTP://127.0.0.1:54321/cb', 'capitals, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321/cb/', 'a slash more, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321/CB', 'capitals in the path, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321/cb?x=1', 'a query, on another port (CVE-2020-15233)'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321/cb#', 'a fragment, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321', 'no path, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321/x/../cb', 'a double dot, on another port'],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:54321\\@evil.example/cb', 'a backslash, on another port'],
  ['http://127.0.0.1/cb', 'http://\u0661\u0662\u0667.0.0.1/cb', 'arabic digits'],
  ['http://127.0.0.1/cb', 'http://127\u30020.0.1/cb', 'an ideographic full stop'],
  ['http://127.0.0.1/cb', 'http://[::ffff:127.0.0.1]/cb', 'the address mapped into IPv6'],
  ['http://[::1]/cb', 'http://127.0.0.1/cb', 'the other address'],
  ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]/cb', 'the address written out'],
  ['http://[::1]/cb', 'http://[::01]/cb', 'a leading zero'],
  ['http://[::1]/cb', 'http://[::1%25lo]/cb', 'a zone'],
  ['http://[::1]/cb', 'http://[::1].evil.example/cb', 'a name that begins alike'],
  ['http://[::1]/cb', 'http://[::1]@evil.example/cb', 'the address as a user'],
  ['http://[::1]/cb', 'http://::1/cb', 'no brackets'],
  ['http://[::1]/cb', 'http://[::]/cb', 'any address'],
  ['http://[::1]/cb', 'http://[::ffff:7f00:1]/cb', 'the other address mapped'],
  ['http://[::1]/cb', 'http://[::1]:54321/other', 'another path, on another port'],
  ['http://localhost:3000/cb', 'http://localhost:3001/cb', 'another port of the name, which is no address'],
  ['http://localhost:3000/cb', 'http://localhost/cb', 'no port'],
  ['http://localhost:3000/cb', 'http://127.0.0.1:3000/cb', 'the address in place of the name'],
  ['http://localhost:3000/cb', 'http://LOCALHOST:3000/cb', 'capitals'],
  ['http://localhost:3000/cb', 'http://localhost.:3000/cb', 'a dot at the end'],
  ['http://localhost:3000/cb', 'http://localhost.evil.test:3000/cb', 'a name that begins alike (CVE-2026-18211)'],
  ['http://localhost:3000/cb', 'http://localhost:3000.evil.test/cb', 'a name in place of the port'],
  ['http://localhost:3000/cb', 'http://localhost:3000@evil.test/cb', 'the name as a user'],
  ['http://localhost:3000/cb', 'http://app.localhost:3000/cb', 'a name below'],
]

/** An app's own scheme (RFC 8252 §7.1). */
const privateSchemeTricks: readonly (readonly [sent: string, why: string])[] = [
  ['com.example.app://cb', 'two slashes: the path becomes a host'],
  ['com.example.app:///cb', 'three slashes'],
  ['com.example.app:cb', 'no slash'],
  ['com.example.app:/CB', 'capitals in the path'],
  ['COM.EXAMPLE.APP:/cb', 'capitals in the scheme'],
  ['com.example.app:/cb/', 'a slash more'],
  ['com.example.app:/cb?x=1', 'a query'],
  ['com.example.app:/cb#x', 'a fragment'],
  ['com.example.app.evil:/cb', 'a scheme that begins alike'],
  ['com.example.ap:/cb', 'a scheme that is shorter'],
  ['com.example.app2:/cb', 'a scheme that is longer'],
  ['com.example.app:/x/../cb', 'a double dot'],
  ['com.example.app:/%63b', 'a letter percent-encoded'],
  ['com.example.app:\\cb', 'a backslash'],
  ['com.example.app://user@/cb', 'a user'],
  ['com.example.app:https://evil.example/', 'an address behind the scheme'],
  ['intent://cb#Intent;scheme=com.example.app;end', 'an Android intent'],
  ['com.example.app\t:/cb', 'a tab'],
]

/** Addresses that a client may register, each with another weak point. */
export const registeredAddresses: readonly string[] = [
  'https://app.example/cb',
  'https://app.example:8443/apps/Login/cb/?x=1',
  'http://127.0.0.1/cb',
  'http://[::1]/cb',
  'http://localhost:3000/cb',
  'com.example.app:/cb',
]

/** None of these is the registered address, so none of them may ever be answered to. */
export const redirectCorpus: readonly Spelling[] = [
  ...spellingsOf('https://app.example/cb'),
  ...spellingsOf('https://app.example:8443/apps/Login/cb/?x=1'),
  ...loopbackTricks.map(([registered, sent, why]) => ({ registered, sent, why: `loopback: ${why}` })),
  ...privateSchemeTricks.map(([sent, why]) => ({ registered: 'com.example.app:/cb', sent, why: `own scheme: ${why}` })),
]

/** What is not written as it was registered and is it all the same: any port of a loopback address (RFC 8252 §7.3). */
export const sameAddresses: readonly Spelling[] = [
  { registered: 'http://127.0.0.1/cb', sent: 'http://127.0.0.1:54321/cb', why: 'any port' },
  { registered: 'http://127.0.0.1/cb', sent: 'http://127.0.0.1:1/cb', why: 'any port' },
  { registered: 'http://[::1]/cb', sent: 'http://[::1]:65535/cb', why: 'any port' },
]

/** Whole queries that try to have two readers see two addresses; `good` and `bad` stand percent-encoded in them. */
export const ambiguousQueries: readonly { readonly query: string; readonly why: string }[] = [
  { query: 'redirect_uri={good}&redirect_uri={bad}', why: 'twice, the wrong one last' },
  { query: 'redirect_uri={bad}&redirect_uri={good}', why: 'twice, the wrong one first' },
  { query: 'redirect_uri=&redirect_uri={bad}', why: 'twice, one empty' },
  { query: 'redirect_uri={good}&redirect%5furi={bad}', why: 'twice, one name percent-encoded' },
  { query: 'redirect_uri={bad}&Redirect_Uri={good}', why: 'another letter case beside it' },
  { query: 'redirect_uri={good}%00{bad}', why: 'a NUL between two' },
  { query: 'redirect_uri={good},{bad}', why: 'a list' },
  { query: 'redirect_uri={good}+{bad}', why: 'two words' },
  { query: 'redirect_uri={good};redirect_uri={bad}', why: 'a semicolon between two' },
  { query: 'redirect_uri={good}%0d%0a{bad}', why: 'a line break between two' },
  { query: 'redirect_uri={good}%ff', why: 'no UTF-8' },
  { query: 'redirect_uri={good}%c0%af', why: 'an overlong slash' },
  { query: 'redirect_uri={good}%', why: 'half a percent-encoding' },
  { query: 'redirect_uri={bad}&redirect_uri[]={good}', why: 'brackets' },
  { query: 'redirect_uri=%2568ttps://app.example/cb', why: 'percent-encoded twice' },
]
