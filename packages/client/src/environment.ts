// Reads the settings of a sign-in from environment variables, for apps that have no other settings. The environment is an
// argument: nothing is read behind the app's back.

import type { LoginOptions } from './options.ts'

const NAMES = {
  issuer: 'LATCHKEY_ISSUER',
  clientId: 'LATCHKEY_CLIENT_ID',
  clientSecret: 'LATCHKEY_CLIENT_SECRET',
  secret: 'SESSION_SECRET',
  baseUrl: 'BASE_URL',
} as const

/**
 * Reads `LATCHKEY_ISSUER`, `LATCHKEY_CLIENT_ID`, `LATCHKEY_CLIENT_SECRET` (not of a public client), `SESSION_SECRET` (32
 * characters or more; several, separated by spaces, to exchange one) and `BASE_URL`.
 * @param environment e.g. `process.env`
 * @throws TypeError that names all variables that are missing
 * @example
 * import { fromEnvironment, login } from '@latchkey/client'
 * const environment = {
 *   LATCHKEY_ISSUER: 'https://id.example.com',
 *   LATCHKEY_CLIENT_ID: 'web',
 *   SESSION_SECRET: 'of-32-characters-or-more-kept-secret',
 *   BASE_URL: 'https://app.example.com',
 * }
 * const auth = login(fromEnvironment(environment))
 */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): LoginOptions {
  const read = (name: keyof typeof NAMES): string => environment[NAMES[name]] ?? ''
  const needed = ['issuer', 'clientId', 'secret', 'baseUrl'] as const
  const missing = needed.filter((name) => read(name) === '').map((name) => NAMES[name])
  if (missing.length > 0) throw new TypeError(`login(): set ${missing.join(', ')}.`)
  const clientSecret = read('clientSecret')
  return {
    issuer: read('issuer'),
    clientId: read('clientId'),
    ...(clientSecret === '' ? {} : { clientSecret }),
    secret: read('secret')
      .split(' ')
      .filter((one) => one !== ''),
    baseUrl: read('baseUrl'),
  }
}
