// Every function that a store exports, and arguments for it, found by its signature: a new store or function is taken
// along without being named, and one whose argument has a type without a sample here fails the test.
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { defaultClientSettings } from '../../packages/authorization-server/src/records/clients/index.ts'

export interface StoreFunction {
  /** `users.findUser` */
  readonly name: string
  readonly answers: 'rows' | 'write' | 'removal'
  /** Each list of arguments it can be called with. */
  call(database: Database): readonly (() => unknown)[]
}

export const now = 1_800_000_000_000
const day = 86_400_000

const client = {
  ...defaultClientSettings({ clientId: 'x', name: 'x', isConfidential: true, seedStyle: false }),
  row: 1,
  enabled: true,
  epoch: 0,
  createdAt: now,
  updatedAt: now,
}
const stamp = { userEpoch: 0, clientEpoch: 0, consentEpoch: 1, installationEpoch: 1 }
const grant = {
  ...stamp,
  id: 'x',
  userId: 1,
  clientRow: 1,
  scopes: '["read"]',
  audiences: '',
  claims: '',
  methods: ['pwd'],
  isOffline: false,
}
const user = { id: 1, epoch: 0, subject: 'x', email: 'X@example.com', username: 'x', attributes: { a: 1 } }
const session = {
  id: 'x',
  userId: 1,
  userEpoch: 0,
  installationEpoch: 1,
  methods: ['pwd'],
  userAgent: 'x',
  address: 'x',
}
const key = { kid: 'x', algorithm: 'ES256', sealedPrivateKey: 'x', createdAt: now, signsFrom: now }
const profile = { email: 'y@example.com', username: 'y', firstName: 'Y', lastName: 'Y', attributes: {} }
const rotation = { grantId: 'x', from: 0, scopes: '["read"]', expiresAt: now + day, now }
const event = { kind: 'signed-in', at: now }
const actor = { id: 1, epoch: 0, isStaff: false, isSuperuser: false }

/** Samples by type; several where a statement depends on them. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  string: ['x'],
  number: [1],
  boolean: [true, false],
  undefined: [undefined],
  'readonly string[]': [['read']],
  Instant: [now],
  EndReason: ['revoked-by-user'],
  NewUser: [user, { subject: 'bare' }],
  "Pick<User, 'id' | 'epoch'>": [user],
  ProfileChange: [profile],
  PersonalClaims: [{ nickname: 'x', address: { locality: 'y' } }],
  AttemptLimit: [{ key: 'x', most: 10, windowMs: 1000 }],
  NewSession: [{ ...session, createdAt: now, authenticatedAt: now, lastSeenAt: now, expiresAt: now + day }],
  ClientSettings: [client],
  Client: [client],
  NewClientSecret: [{ kind: 'generated', verifier: 'x', hint: 'x' }],
  Consent: [{ scopes: ['read'], epoch: 1 }],
  NewGrant: [
    { ...grant, sessionId: 'x', authenticatedAt: now, createdAt: now, expiresAt: now + day },
    { ...grant, id: 'y', sessionId: undefined, createdAt: now, expiresAt: now + day },
  ],
  Rotation: [
    { ...rotation, endsAccessTokens: true },
    { ...rotation, from: 1, endsAccessTokens: false },
  ],
  RingKey: [{ id: 1, salt: new Uint8Array([0, 255]), createdAt: now, retiredAt: undefined }],
  StoredSigningKey: [key],
  DeliveryState: ['delivered'],
  LogoutDelivery: [{ id: 1, attempts: 0 }],
  "Pick<StoredSigningKey, 'kid' | 'algorithm'>": [key],
  Event: [event, { ...event, actorId: 1, userId: 1, clientRow: 1, address: 'x', detail: { a: 1 } }],
  StaffChange: [{ ...profile, emailVerified: true, claims: { nickname: 'x' }, isStaff: true, isSuperuser: false }],
  "Pick<User, 'id' | 'epoch' | 'updatedAt'>": [{ ...user, updatedAt: now }],
  'readonly number[]': [[], [1, 2, 3, 4, 5, 6, 7, 8]],
  Group: [{ id: 1, name: 'x', permissions: [] }],
  Change: [
    { ...event, actor, noun: 'users', target: '1', address: 'x', userId: 1, changes: { a: { before: 1, after: 2 } } },
    { ...event, actor, noun: 'users', target: { subject: 'x' }, address: '', note: 'x' },
    { ...event, actor, noun: 'groups', target: { group: 'x' }, address: '' },
  ],
  OperatorChange: [{ ...event, noun: 'clients', target: { clientId: 'x' }, changes: { a: { before: 1, after: 2 } } }],
  NewApi: [
    { audience: 'https://api.example', name: 'x', tokenFormat: 'opaque', signingAlgorithm: 'RS256' },
    { audience: 'y', name: 'y', tokenFormat: 'jwt', signingAlgorithm: 'EdDSA', accessTokenLifetimeSeconds: 60 },
  ],
  "Omit<NewApi, 'audience'>": [
    { name: 'z', tokenFormat: 'jwt', signingAlgorithm: 'ES256', accessTokenLifetimeSeconds: undefined },
  ],
  NewScope: [
    { name: 'z', description: 'Z', apiId: undefined, position: 9 },
    { name: 'zz', description: 'ZZ', apiId: 1, position: 10 },
  ],
  "Pick<Scope, 'name' | 'description'> & { readonly position: number }": [{ name: 'z', description: 'Y', position: 8 }],
  RetiredKind: ['scope', 'audience'],
  "Pick<NewView, 'ownerId' | 'list' | 'name'>": [{ ownerId: 1, list: 'users', name: 'x' }],
  NewView: [{ ownerId: 1, list: 'users', name: 'x', query: 'is_staff=yes' }],
  NewInitialToken: [{ name: 'x', expiresAt: now + day, mostUses: 2 }],
  NewRegistration: [
    { digest: 'x', initialTokenId: undefined, mostClients: 9 },
    { digest: 'y', initialTokenId: 1, mostClients: 9 },
  ],
  Link: [{ position: 1, eventId: 1, digest: 'x', keyId: 1 }],
  UsageKind: ['token', 'sign-in'],
  Counted: [{ kind: 'token', reason: 'password', clientRow: 1, count: 2 }],
  AuthorizationTransaction: [{ id: 'x', sessionId: 'x', asked: { scopes: ['read'] } }],
}

/** Where the name of a parameter says more than its type. */
const named: Readonly<Record<string, unknown>> = {
  before: now + 10 * day,
  until: now + day,
  expiresAt: now + day,
  limit: 10,
  afterId: 0,
  epoch: 0,
}

const source = join(import.meta.dirname, '../../packages/authorization-server/src')
const signature = /^export (?:async )?function (\w+)\(([^]*?)\): ([^\n]*) \{$/gm
const answers = [
  [/^Promise</, 'rows'],
  [/^Write$/, 'write'],
  [/^Removal$/, 'removal'],
] as const

/** In the order of the files, which is not that of the tables: call them more than once. */
export async function storeFunctions(): Promise<readonly StoreFunction[]> {
  const files = globSync('{records,features}/**/store.ts', { cwd: source }).toSorted()
  const found = await Promise.all(files.map((file) => functionsOf(join(source, file), basename(dirname(file)))))
  return found.flat()
}

async function functionsOf(file: string, room: string): Promise<readonly StoreFunction[]> {
  const exported: Readonly<Record<string, unknown>> = await import(file)
  return [...readFileSync(file, 'utf8').matchAll(signature)].flatMap(
    ([, name = '', parameters = '', answered = '']) => {
      const kind = answers.find(([pattern]) => pattern.test(answered))?.[1]
      const function_ = exported[name]
      if (kind === undefined || typeof function_ !== 'function') return []
      const lists = combinations(parametersOf(parameters, `${room}.${name}`))
      const call: StoreFunction['call'] = (database) =>
        lists.map(
          (list) => () =>
            Reflect.apply(
              function_,
              undefined,
              list.map((one) => (one === place ? database : one)),
            ),
        )
      return [{ name: `${room}.${name}`, answers: kind, call }]
    },
  )
}

/** Stands for the database in a list of arguments. */
const place = Symbol('database')

function parametersOf(text: string, where: string): readonly (readonly unknown[])[] {
  const parameters = text.split(/,\s*(?=(?:\w+|\{[^}]*\}): |$)/).filter((parameter) => parameter.trim() !== '')
  return parameters.map((parameter) => {
    const [name = '', type = ''] = parameter.trim().split(/: (.*)/s)
    if (/^(Pick<)?Database\b/.test(type)) return [place]
    if (name in named && /^(number|Instant)$/.test(type)) return [named[name]]
    const whole = samples[type]
    if (whole !== undefined) return whole
    return type.split(' | ').flatMap((part) => {
      const values = samples[part]
      if (values === undefined) throw new Error(`${where}: there is no sample of ${part} in store-functions.ts`)
      return values
    })
  })
}

function combinations(lists: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return lists.reduce<readonly (readonly unknown[])[]>(
    (known, values) => known.flatMap((start) => values.map((value) => [...start, value])),
    [[]],
  )
}
