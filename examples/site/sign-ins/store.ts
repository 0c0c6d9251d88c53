// Keeps the ways to sign in that administrators entered. Table: sign_ins.
import type { DatabaseSync } from 'node:sqlite'
import { ownId, type SignIn } from './sign-in.ts'

export interface SignIns {
  /** All that are in force now, the environment's first; read anew each time, so a change needs no restart. */
  all(): readonly SignIn[]
  /** Whether an administrator entered it; otherwise the environment did. */
  isEntered(id: string): boolean
  put(signIn: SignIn): void
  /** The environment's own comes back into force. */
  remove(id: string): void
}

export function createSignIns(database: DatabaseSync, own: SignIn | undefined): SignIns {
  database.exec(`CREATE TABLE IF NOT EXISTS sign_ins (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    issuer TEXT NOT NULL,
    authorization_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    profile_url TEXT NOT NULL
  ) STRICT`)
  const select = database.prepare('SELECT * FROM sign_ins ORDER BY id <> ?, id')
  const replace = database.prepare('INSERT OR REPLACE INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = database.prepare('DELETE FROM sign_ins WHERE id = ?')
  const entered = (): readonly SignIn[] => select.all(ownId).map(signInOf)
  return {
    all() {
      const rows = entered()
      return own === undefined || rows.some(({ id }) => id === own.id) ? rows : [own, ...rows]
    },
    isEntered: (wanted) => entered().some(({ id }) => id === wanted),
    put({ id, name, kind, clientId, clientSecret, issuer, authorizationUrl, tokenUrl, profileUrl }) {
      replace.run(id, name, kind, clientId, clientSecret, issuer, authorizationUrl, tokenUrl, profileUrl)
    },
    remove: (id) => void remove.run(id),
  }
}

function signInOf(row: Readonly<Record<string, unknown>>): SignIn {
  const text = (name: string): string => String(row[name])
  return {
    id: text('id'),
    name: text('name'),
    kind: text('kind') === 'oauth2' ? 'oauth2' : 'openid',
    clientId: text('client_id'),
    clientSecret: text('client_secret'),
    issuer: text('issuer'),
    authorizationUrl: text('authorization_url'),
    tokenUrl: text('token_url'),
    profileUrl: text('profile_url'),
  }
}
