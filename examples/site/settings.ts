// Decides which settings this site runs with: from the environment, with what `latchkey dev` knows as the defaults.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ownId, type SignIn } from './sign-ins/sign-in.ts'

export interface Settings {
  readonly host: string
  readonly port: number
  /** Where browsers reach it, without a slash at the end. */
  readonly publicUrl: string
  /** The folder of the database and of the key that seals sessions; made when it is not there. */
  readonly dataDir: string
  /** The sign-in that the environment describes; without a client id there is none, and an administrator enters it. */
  readonly signIn: SignIn | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings. @throws Error that names the variable which makes no sense */
export function readSettings(environment: Environment): Settings {
  const port = portOf(environment['PORT'] ?? '9988')
  return {
    host: environment['HOST'] ?? 'localhost',
    port,
    publicUrl: new URL(environment['PUBLIC_URL'] ?? `http://localhost:${port}`).href.replace(/\/$/, ''),
    dataDir: environment['DATA_DIR'] ?? '.site',
    signIn: signInOf(environment),
  }
}

function signInOf(environment: Environment): SignIn | undefined {
  const clientId = environment['SIGN_IN_CLIENT_ID'] ?? 'site'
  if (clientId === '') return undefined
  const issuer = environment['ISSUER'] ?? 'http://localhost:8000/o'
  if (!URL.canParse(issuer)) throw new Error(`ISSUER is ${issuer}, which is no URL.`)
  return {
    id: ownId,
    name: environment['SIGN_IN_NAME'] ?? 'Latchkey',
    kind: kindOf(environment['SIGN_IN_KIND'] ?? 'openid'),
    clientId,
    clientSecret: secretOf(environment, 'SIGN_IN_CLIENT_SECRET', 'site-secret'),
    issuer,
    authorizationUrl: `${issuer}/authorize/`,
    tokenUrl: `${issuer}/token/`,
    profileUrl: new URL('/profile/', issuer).href,
  }
}

function kindOf(text: string): SignIn['kind'] {
  if (text === 'openid' || text === 'oauth2') return text
  throw new Error(`SIGN_IN_KIND is ${text}; it may be openid or oauth2.`)
}

/** A secret stands in the variable, or in the file that `<NAME>_FILE` names; the default is public. */
function secretOf(environment: Environment, name: string, known: string): string {
  const file = environment[`${name}_FILE`]
  if (file !== undefined) return readFileSync(file, 'utf8').trim()
  return environment[name] ?? known
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port
  throw new Error(`PORT is ${text}, which is no port.`)
}

/** Opens the one database of this site; each store makes its own tables. */
export function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(dataDir, 'site.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF')
  return database
}

/** What seals the sessions: made at the first start, so that people stay signed in over a restart. */
export function sessionSecret(dataDir: string): string {
  const file = join(dataDir, 'session.key')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return readFileSync(file, 'utf8')
}
