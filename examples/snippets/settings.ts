// Decides which settings this example runs with: from the environment, with what `latchkey dev` knows as the defaults.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Settings {
  readonly host: string
  readonly port: number
  /** Where people and programs reach it, without a slash at the end. */
  readonly publicUrl: string
  /** The folder of the database and of the key that seals sessions; made when it is not there. */
  readonly dataDir: string
  /** The authorization server, as it names itself. */
  readonly issuer: string
  /** What the API is called there, to ask about tokens. */
  readonly introspection: { readonly clientId: string; readonly clientSecret: string }
  /** What the pages are called there, to sign people in. */
  readonly signIn: { readonly clientId: string; readonly clientSecret: string }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings. @throws Error that names the variable which makes no sense */
export function readSettings(environment: Environment): Settings {
  const port = portOf(environment['PORT'] ?? '8003')
  return {
    host: environment['HOST'] ?? 'localhost',
    port,
    publicUrl: new URL(environment['PUBLIC_URL'] ?? `http://localhost:${port}`).href.replace(/\/$/, ''),
    dataDir: environment['DATA_DIR'] ?? '.snippets',
    issuer: environment['ISSUER'] ?? 'http://localhost:8000/o',
    introspection: {
      clientId: environment['CLIENT_ID'] ?? 'rs-id',
      clientSecret: secretOf(environment, 'CLIENT_SECRET', 'rs-secret'),
    },
    signIn: {
      clientId: environment['SIGN_IN_CLIENT_ID'] ?? 'snippets-pages',
      clientSecret: secretOf(environment, 'SIGN_IN_CLIENT_SECRET', 'snippets-pages-secret'),
    },
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
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port
  throw new Error(`PORT is ${text}, which is no port.`)
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
