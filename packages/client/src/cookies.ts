// Decides how our cookies are named, written and cut to size. RFC 6265 §4.1, §5.4; RFC 6265bis §4.1.3 (the __Host-
// prefix). Names carry the client and the address of the app: two apps and the server may share localhost, where ports
// do not keep cookies apart.

/** Writes and reads the cookies of one app. */
export interface CookieJar {
  /** Name of the session's cookie; what belongs to it begins with it. */
  readonly name: string
  /** One `Set-Cookie` line. @param seconds undefined lasts as long as the browser is open */
  set(name: string, value: string, seconds: number | undefined): string
  /** The line that removes a cookie. */
  clear(name: string): string
}

/** Makes the jar of an app. */
export function createCookieJar(app: string, baseUrl: string): CookieJar {
  const isSecure = baseUrl.startsWith('https:')
  const readable = app.replaceAll(/[^\w-]/g, '').slice(0, 24)
  const name = `${isSecure ? '__Host-' : ''}login_${readable}_${shortHash(`${app}\n${baseUrl}`)}`
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    name,
    set: (cookie, value, seconds) =>
      `${cookie}=${value}${seconds === undefined ? '' : `; Max-Age=${seconds}`}${attributes}`,
    clear: (cookie) => `${cookie}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributes}`,
  }
}

/** FNV-1a: it keeps names apart and protects nothing; what the cookies hold is sealed. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (const character of new TextEncoder().encode(text)) hash = Math.imul(hash ^ character, 0x01000193)
  return (hash >>> 0).toString(36)
}

/** The cookies of a request; of two with one name the first counts, as browsers send the more specific one first. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 0) continue
    const name = part.slice(0, at).trim()
    if (!found.has(name)) found.set(name, part.slice(at + 1).trim())
  }
  return found
}

/** Browsers keep about 4096 bytes of a cookie, name and attributes included. */
const CHUNK = 3_600
/** More would not pass the header limits of common servers. */
const MOST_CHUNKS = 4
/** The most characters that fit into the cookies of a session. */
export const LONGEST_VALUE: number = CHUNK * MOST_CHUNKS

/** Cuts a value into cookies; the lines remove what an older, longer value has left. */
export function setInChunks(
  jar: CookieJar,
  value: string,
  seconds: number,
  sent: ReadonlyMap<string, string>,
): readonly string[] {
  const count = Math.max(1, Math.ceil(value.length / CHUNK))
  if (count > MOST_CHUNKS) throw new RangeError('The value does not fit into cookies.')
  const lines = Array.from({ length: count }, (_, at) => {
    const part = value.slice(at * CHUNK, (at + 1) * CHUNK)
    return jar.set(chunkName(jar, at), at === 0 ? `${count}.${part}` : part, seconds)
  })
  return [...lines, ...clearChunks(jar, sent, count)]
}

/** Joins a value that was cut. */
export function readChunks(jar: CookieJar, sent: ReadonlyMap<string, string>): string | undefined {
  const first = sent.get(jar.name)
  const [, count, start] = /^(\d)\.(.*)$/.exec(first ?? '') ?? []
  if (count === undefined || start === undefined) return undefined
  const rest = Array.from({ length: Number(count) - 1 }, (_, at) => sent.get(chunkName(jar, at + 1)))
  return rest.includes(undefined) ? undefined : start + rest.join('')
}

/** The lines that remove the cookies of a session. */
export function clearChunks(jar: CookieJar, sent: ReadonlyMap<string, string>, from = 0): readonly string[] {
  const names = Array.from({ length: MOST_CHUNKS - from }, (_, at) => chunkName(jar, at + from))
  return names.filter((name) => sent.has(name)).map((name) => jar.clear(name))
}

function chunkName(jar: CookieJar, at: number): string {
  return at === 0 ? jar.name : `${jar.name}.${at}`
}
