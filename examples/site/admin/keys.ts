// Decides who may enter the admin pages without being signed in: whoever can start this site's programs. They make a link that
// works once, within an hour; behind it is a session of its own. There is no password that could be guessed.
// Tables: admin_keys, admin_visits; both hold digests.
import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

const linkMs = 3_600_000
const visitMs = 8 * 3_600_000

export interface AdminKeys {
  /** What a new link ends with. */
  cut(): string
  /** @returns the value of Set-Cookie, or undefined when the link is of no use any more */
  use(key: string): string | undefined
  /** @param cookies the Cookie header */
  opens(cookies: string | undefined): boolean
  /** @returns the value of Set-Cookie */
  leave(cookies: string | undefined): string
}

export function createAdminKeys(database: DatabaseSync, isSecure: boolean, now: () => number): AdminKeys {
  for (const table of ['admin_keys', 'admin_visits']) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (digest TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT`)
  }
  const forgetKeys = database.prepare('DELETE FROM admin_keys WHERE expires_at <= ?')
  const insertKey = database.prepare('INSERT INTO admin_keys VALUES (?, ?)')
  const takeKey = database.prepare('DELETE FROM admin_keys WHERE digest = ? AND expires_at > ?')
  const insertVisit = database.prepare('INSERT INTO admin_visits VALUES (?, ?)')
  const findVisit = database.prepare('SELECT 1 FROM admin_visits WHERE digest = ? AND expires_at > ?')
  const endVisit = database.prepare('DELETE FROM admin_visits WHERE digest = ? OR expires_at <= ?')
  // A name of its own: all programs on localhost share their cookies.
  const name = isSecure ? '__Host-site_admin' : 'site_admin'
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const read = (cookies = ''): string =>
    cookies
      .split(/; */)
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? ''
  return {
    cut() {
      const key = randomBytes(32).toString('base64url')
      forgetKeys.run(now())
      insertKey.run(digest(key), now() + linkMs)
      return key
    },
    use(key) {
      if (Number(takeKey.run(digest(key), now()).changes) !== 1) return undefined
      const visit = randomBytes(32).toString('base64url')
      insertVisit.run(digest(visit), now() + visitMs)
      return `${name}=${visit}; Max-Age=${visitMs / 1000}; ${attributes}`
    },
    opens: (cookies) => findVisit.get(digest(read(cookies)), now()) !== undefined,
    leave(cookies) {
      endVisit.run(digest(read(cookies)), now())
      return `${name}=; Max-Age=0; ${attributes}`
    },
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

export function adminLink(publicUrl: string, key: string): string {
  return `${publicUrl}/admin/enter/?key=${key}`
}
