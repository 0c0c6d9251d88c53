// better-auth with its OAuth provider plugin on node:sqlite, WAL and synchronous FULL. ES256 through its JWT plugin; no rate limits, as
// everywhere in this comparison; otherwise its defaults. Codes and refresh tokens are made by its own endpoints.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'

const [file, codeCount, challenge, verifier] = process.argv.slice(2)
const database = new DatabaseSync(file)
database.exec('pragma journal_mode = wal; pragma synchronous = off')

const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const baseURL = `http://127.0.0.1:${port}`
const redirectUri = 'https://app.example/callback'
const scopes = ['openid', 'read', 'offline_access']
const day = 86_400

const options = {
  baseURL,
  secret: 'a-secret-of-the-bench-that-is-long-enough-0123456789',
  database,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [
    jwt({ jwks: { keyPairConfig: { alg: 'ES256' } } }),
    oauthProvider({
      loginPage: '/sign-in',
      consentPage: '/consent',
      scopes,
      codeExpiresIn: day,
      clientPrivileges: () => true,
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
    }),
  ],
}
const auth = betterAuth(options)
const migrations = await getMigrations(options)
await migrations.runMigrations()
server.on('request', toNodeHandler(auth))

const signedUp = await auth.api.signUpEmail({
  body: { email: 'person@bench.example', password: 'a bench is sat upon by many', name: 'Person' },
  asResponse: true,
})
const cookie = signedUp.headers
  .getSetCookie()
  .map((one) => one.split(';', 1)[0])
  .join('; ')
const headers = new Headers({ cookie, origin: baseURL })
const client = await auth.api.adminCreateOAuthClient({
  headers,
  body: {
    client_name: 'Bench',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: scopes.join(' '),
    client_credentials_scopes: ['read'],
    skip_consent: true,
  },
})
const basic = `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`

async function newCode() {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const answer = await auth.handler(new Request(`${baseURL}/api/auth/oauth2/authorize?${query}`, { headers }))
  const code = new URL(answer.headers.get('location') ?? baseURL).searchParams.get('code')
  if (code === null)
    throw new Error(`No code came: ${answer.status} ${answer.headers.get('location')} ${await answer.text()}`)
  return code
}

async function newTokens() {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: await newCode(),
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const request = new Request(`${baseURL}/api/auth/oauth2/token`, {
    method: 'POST',
    body,
    headers: { authorization: basic },
  })
  const answer = await auth.handler(request)
  if (answer.status !== 200) throw new Error(`No tokens came: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const material = { basic, accessTokens: [], refreshTokens: [], codes: [] }
for (let number = 0; number < 100; number += 1) {
  const tokens = await newTokens()
  material.accessTokens.push(tokens.access_token)
  material.refreshTokens.push(tokens.refresh_token)
}
for (let number = 0; number < Number(codeCount); number += 1) material.codes.push(await newCode())
database.exec('pragma wal_checkpoint(truncate); pragma synchronous = full')
const own = '/api/auth/oauth2'
process.send({
  port,
  material,
  paths: { token: `${own}/token`, introspect: `${own}/introspect`, authorize: `${own}/authorize` },
})
process.once('disconnect', () => process.exit(0))
