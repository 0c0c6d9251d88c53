// Decides which settings this API runs with: from the environment, with what `latchkey dev` knows as the defaults.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Settings {
  readonly host: string
  readonly port: number
  /** Where people and programs reach this API, without a slash at the end. */
  readonly publicUrl: string
  /** The SQLite file, its folder made when it is not there; `:memory:` keeps nothing. */
  readonly database: string
  /** The authorization server, as it names itself. */
  readonly issuer: string
  /** What this API is called there: for introspection and for the relays of passwords. */
  readonly introspection: Credentials
  /** What its pages are called there, to sign people in, and what they ask for. */
  readonly signIn: Credentials & { readonly scopes: readonly string[] }
  /** Seals the sessions of the pages; without one in the environment they end with the process. */
  readonly sessionSecret: string
  /** Whoever is in this group of the authorization server is staff here. */
  readonly staffGroup: string
  /** What a relayed sign-up answers; some clients of old want 200. */
  readonly signUpStatus: 200 | 201
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings. @throws Error that names the variable which makes no sense */
export function readSettings(environment: Environment): Settings {
  const port = portOf(environment['PORT'] ?? '8001')
  const publicUrl = new URL(environment['PUBLIC_URL'] ?? `http://localhost:${port}`).href.replace(/\/$/, '')
  return {
    host: environment['HOST'] ?? 'localhost',
    port,
    publicUrl,
    database: environment['DATABASE'] ?? join(environment['DATA_DIR'] ?? '.items', 'items.db'),
    issuer: environment['ISSUER'] ?? 'http://localhost:8000/o',
    introspection: {
      clientId: environment['CLIENT_ID'] ?? 'rs-id',
      clientSecret: secretOf(environment, 'CLIENT_SECRET', 'rs-secret'),
    },
    signIn: {
      clientId: environment['SIGN_IN_CLIENT_ID'] ?? 'items-pages',
      clientSecret: secretOf(environment, 'SIGN_IN_CLIENT_SECRET', 'items-pages-secret'),
      // `read` for the profile, which names the groups.
      scopes: ['openid', 'profile', 'email', 'read'],
    },
    sessionSecret: secretOf(environment, 'SESSION_SECRET', randomBytes(32).toString('base64url')),
    staffGroup: environment['STAFF_GROUP'] ?? 'group1',
    signUpStatus: environment['SIGNUP_STATUS'] === '200' ? 200 : 201,
  }
}

/** A secret stands in the variable, or in the file that `<NAME>_FILE` names; the default is public. */
function secretOf(environment: Environment, name: string, known: string): string {
  const file = environment[`${name}_FILE`]
  if (file !== undefined) return readFileSync(file, 'utf8').trim()
  return environment[name] ?? known
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`PORT is ${text}, which is no port.`)
}
