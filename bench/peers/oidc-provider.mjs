// oidc-provider with its storage adapter on node:sqlite, WAL and synchronous FULL: each write that the adapter is asked for is on disk
// before it resolves. ES256, rotation of refresh tokens, opaque access tokens, PKCE.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { Provider } from 'oidc-provider'

const [file, codeCount] = process.argv.slice(2)
const database = new DatabaseSync(file)
database.exec(`pragma journal_mode = wal; pragma synchronous = off;
  create table models (
    model text not null, id text not null, payload text not null, grant_id text, uid text, user_code text,
    consumed_at integer, expires_at integer, primary key (model, id)
  ) strict, without rowid;
  create index models_by_grant on models (grant_id) where grant_id is not null;
  create index models_by_uid on models (uid) where uid is not null;
  create index models_by_user_code on models (user_code) where user_code is not null`)

const columns = 'payload, consumed_at, expires_at'
const statements = {
  upsert: database.prepare(`insert into models (model, id, payload, grant_id, uid, user_code, expires_at)
    values (?, ?, ?, ?, ?, ?, ?)
    on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code, expires_at = excluded.expires_at`),
  find: database.prepare(`select ${columns} from models where model = ? and id = ?`),
  findByUid: database.prepare(`select ${columns} from models where model = ? and uid = ?`),
  findByUserCode: database.prepare(`select ${columns} from models where model = ? and user_code = ?`),
  consume: database.prepare('update models set consumed_at = ? where model = ? and id = ?'),
  destroy: database.prepare('delete from models where model = ? and id = ?'),
  revoke: database.prepare('delete from models where model = ? and grant_id = ?'),
}

const seconds = () => Math.floor(Date.now() / 1_000)

function payloadOf(row) {
  if (row === undefined || (row.expires_at !== null && row.expires_at <= seconds())) return undefined
  const payload = JSON.parse(row.payload)
  return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at }
}

/** The contract of the library's adapters. */
class SqliteAdapter {
  constructor(model) {
    this.model = model
  }

  async upsert(id, payload, expiresIn) {
    const expiresAt = expiresIn === undefined ? null : seconds() + expiresIn
    const { grantId = null, uid = null, userCode = null } = payload
    statements.upsert.run(this.model, id, JSON.stringify(payload), grantId, uid, userCode, expiresAt)
  }

  async find(id) {
    return payloadOf(statements.find.get(this.model, id))
  }

  async findByUid(uid) {
    return payloadOf(statements.findByUid.get(this.model, uid))
  }

  async findByUserCode(userCode) {
    return payloadOf(statements.findByUserCode.get(this.model, userCode))
  }

  async consume(id) {
    statements.consume.run(seconds(), this.model, id)
  }

  async destroy(id) {
    statements.destroy.run(this.model, id)
  }

  async revokeByGrantId(grantId) {
    statements.revoke.run(this.model, grantId)
  }
}

const redirectUri = 'https://app.example/callback'
const secret = 'a-secret-of-the-bench-that-is-long-enough-0123456789'
const scope = 'openid read offline_access'
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const day = 86_400

const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: SqliteAdapter,
  clients: [
    {
      client_id: 'bench',
      client_secret: secret,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  cookies: { keys: ['a-key-of-the-bench'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  rotateRefreshToken: true,
  scopes: scope.split(' '),
  ttl: {
    AccessToken: 3_600,
    AuthorizationCode: day,
    ClientCredentials: 3_600,
    Grant: day,
    IdToken: 3_600,
    RefreshToken: day,
    Session: day,
  },
})
server.on('request', provider.callback())

const client = await provider.Client.find('bench')
async function issued(number) {
  const accountId = `person-${number}`
  const grant = new provider.Grant({ accountId, clientId: 'bench' })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  return { accountId, client, grantId, scope, authTime: seconds(), gty: 'authorization_code' }
}

const challenge = process.argv[4]
const material = {
  basic: `Basic ${Buffer.from(`bench:${secret}`).toString('base64')}`,
  accessTokens: [],
  refreshTokens: [],
  codes: [],
}
for (let number = 0; number < 200; number += 1) {
  const facts = await issued(number)
  material.accessTokens.push(await new provider.AccessToken(facts).save())
  const refreshFacts = { ...facts, iiat: seconds(), rotations: 0, expiresWithSession: false }
  material.refreshTokens.push(await new provider.RefreshToken(refreshFacts).save())
}
for (let number = 0; number < Number(codeCount); number += 1) {
  const code = new provider.AuthorizationCode({
    ...(await issued(number)),
    redirectUri,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    nonce: 'a-nonce',
    expiresWithSession: false,
  })
  material.codes.push(await code.save())
}
database.exec('pragma wal_checkpoint(truncate); pragma synchronous = full')
process.send({ port, material, paths: { token: '/token', introspect: '/token/introspection', authorize: '/auth' } })
process.once('disconnect', () => process.exit(0))
