import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeAccessToken } from '../../records/grants/index.ts'
import { isPasswordOf } from '../../records/credentials/index.ts'
import { createSecretChecker, findClient, secretsOf } from '../../records/clients/index.ts'
import { eventsOfUser } from '../../records/events/index.ts'
import { groupsOf } from '../../records/groups/index.ts'
import { createScopeSets } from '../../records/scopes/index.ts'
import { findUserByIdentifier } from '../../records/users/index.ts'
import { exitCodes } from '../exit.ts'
import { commandReference } from '../help.ts'
import type { Installation, Roof } from '../installation.ts'
import { commandEntries } from '../registry.ts'
import { roofOver } from '../roof.ts'
import { type Given, type Outcome, run } from '../testing.ts'

const commands = await Promise.all(commandEntries.map((entry) => entry.load()))
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-commands-'))
})

after(() => rm(folder, { recursive: true }))

/** A roof over a folder of its own. */
function roofIn(name: string, more: Readonly<Record<string, string>> = {}): Roof {
  const environment = { LATCHKEY_DATA_DIR: join(folder, name), ...more }
  return roofOver({ environment, flags: [], readFile: () => assert.fail('no file is read') })
}

function latchkey(roof: Roof, line: string, given: Given = {}): Promise<Outcome> {
  return run(commands, line.split(' '), { ...given, roof })
}

async function body(roof: Roof, line: string, given: Given = {}): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await latchkey(roof, `${line} --json`, given)
  assert.equal(code, 0, stdout + stderr)
  const parsed: unknown = JSON.parse(stdout)
  assert.ok(typeof parsed === 'object' && parsed !== null && 'v' in parsed && parsed.v === 1)
  return { ...parsed }
}

async function look<T>(roof: Roof, see: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await roof.open('read')
  try {
    return await see(installation)
  } finally {
    await installation.close()
  }
}

const password = { stdin: 'correct-horse-battery\n' }

test('the registry names each command as its declaration does, and no two answer to one name', () => {
  assert.deepEqual(
    commandEntries.map(({ name, aliases }) => ({ name, aliases })),
    commands.map(({ name, aliases }) => ({ name, aliases })),
  )
  const names = commands.flatMap((command) => [command.name, ...command.aliases])
  assert.equal(new Set(names).size, names.length)
  for (const name of ['createsuperuser', 'changepassword', 'createapplication', 'user create', 'key rotate']) {
    assert.ok(names.includes(name), name)
  }
  assert.ok(commandReference(commands).length > 2000)
})

test('a user is created with a password from standard input, in a group, in a new data folder', async () => {
  const roof = roofIn('user')
  await body(roof, 'group create staff --permission users.view')
  const line = 'user create --email Ann@EXAMPLE.com --username ann --group staff --password-stdin'
  const { user } = await body(roof, line, password)
  assert.match(JSON.stringify(user), /"id":1,.*"email":"Ann@example.com","username":"ann".*"isSuperuser":false/)
  await look(roof, async (installation) => {
    const ann = await findUserByIdentifier(installation.database, 'ann')
    assert.ok(ann && (await isPasswordOf(installation, ann, 'correct-horse-battery')))
    assert.deepEqual(
      (await groupsOf(installation.database, ann.id)).map((group) => group.name),
      ['staff'],
    )
    assert.ok((await eventsOfUser(installation.database, ann.id, 9)).some(({ kind }) => kind === 'group.member-added'))
  })
  assert.equal((await stat(join(folder, 'user', 'latchkey.db'))).mode & 0o077, 0)
})

test('createsuperuser asks on a terminal and makes an administrator', async () => {
  const answers = ['root@example.com\n', 'correct-horse-battery\n', 'correct-horse-battery\n']
  const { code, stderr } = await latchkey(roofIn('super'), 'createsuperuser', { isTTY: true, answers })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Created administrator “root@example.com”/)
  assert.doesNotMatch(stderr, /correct-horse/)
})

test('a user that exists is a conflict, whatever the case, before a password is asked for', async () => {
  const roof = roofIn('twice')
  await body(roof, 'user create --email ann@example.com --generate')
  const again = await latchkey(roof, 'user create --email ANN@example.com --generate')
  assert.equal(again.code, exitCodes.conflict)
})

test('a bad e-mail, a weak password, an unknown group and nobody at all are refused with a reason', async () => {
  const roof = roofIn('refused')
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['user create --email nonsense --generate', '', exitCodes.usage, /no e-mail address/],
    ['user create --username ann --password-stdin', 'password\n', exitCodes.usage, /too common/],
    ['user create --username ann --group nope --generate', '', exitCodes.notFound, /latchkey group create nope/],
    ['user create --generate', '', exitCodes.usage, /Add --email ADDRESS/],
    ['user create --username ann', '', exitCodes.usage, /--password-stdin/],
    ['user passwd nobody --generate', '', exitCodes.notFound, /latchkey user list/],
  ]
  for (const [line, stdin, code, message] of cases) {
    const outcome = await latchkey(roof, line, { stdin })
    assert.equal(outcome.code, code, line)
    assert.match(outcome.stderr, message)
  }
})

test('a dry run creates nothing', async () => {
  const roof = roofIn('dry')
  await body(roof, 'user create --username ann --generate --dry-run')
  await body(roof, 'app create shop --type service --dry-run')
  assert.deepEqual((await body(roof, 'user list'))['users'], [])
  assert.deepEqual((await body(roof, 'app list'))['apps'], [])
})

test('users are listed in pages', async () => {
  const roof = roofIn('pages')
  for (const name of ['a1', 'b2', 'c3']) {
    await body(roof, `user create --username ${name} --generate`)
  }
  const first = await body(roof, 'user list --limit 2')
  assert.equal(first['nextAfter'], 2)
  assert.match(JSON.stringify(first['users']), /a1.*b2/)
  assert.equal((await body(roof, 'user list --after 2'))['nextAfter'], null)
  assert.equal((await latchkey(roof, 'user list --limit 0')).code, exitCodes.usage)
})

test('a new password ends what was there, and a generated one is shown once', async () => {
  const roof = roofIn('passwd')
  await body(roof, 'user create --username ann --password-stdin', password)
  const { password: generated } = await body(roof, 'changepassword ann --generate')
  await look(roof, async (installation) => {
    const ann = await findUserByIdentifier(installation.database, 'ann')
    assert.ok(ann && ann.epoch === 2 && (await isPasswordOf(installation, ann, String(generated))))
    assert.equal(await isPasswordOf(installation, ann, 'correct-horse-battery'), false)
  })
})

test('a user is disabled only when confirmed, and enabling raises the epoch again', async () => {
  const roof = roofIn('disable')
  await body(roof, 'user create --username ann --generate')
  assert.equal((await latchkey(roof, 'user disable ann')).code, exitCodes.usage)
  assert.match(JSON.stringify(await body(roof, 'user disable ann --yes')), /"isActive":false/)
  await body(roof, 'user enable ann')
  const ann = await look(roof, ({ database }) => findUserByIdentifier(database, 'ann'))
  assert.deepEqual([ann?.isActive, ann?.epoch], [true, 3])
})

test('an app is created from its type, and its generated secret is shown once and matches', async () => {
  const roof = roofIn('app')
  const { client_secret: secret, app } = await body(
    roof,
    'app create shop --type web --redirect http://localhost:3000/cb --client-id shop',
  )
  assert.match(JSON.stringify(app), /"grant_types":\["authorization_code","refresh_token"\].*"pkce":"required"/)
  await look(roof, async ({ database, passwords, random }) => {
    const client = await findClient(database, 'shop')
    assert.ok(client)
    assert.ok(
      await createSecretChecker(passwords, random).matches(await secretsOf(database, client.row), String(secret)),
    )
  })
  const listed = await latchkey(roof, 'app list --json')
  assert.ok(!listed.stdout.includes(String(secret)))
})

test('an app says where it learns that people signed out, by the rules of a registration (OpenID Connect Back-Channel Logout §2.2)', async () => {
  const roof = roofIn('app-logout')
  const create = 'app create shop --type web --redirect https://shop.example/cb --client-id shop'
  const cases: readonly (readonly [string, RegExp])[] = [
    ['--backchannel-logout http://169.254.169.254/latest', /backchannel_logout_uri cannot be registered/],
    ['--backchannel-logout https://user:secret@shop.example/out', /backchannel_logout_uri cannot be registered/],
    ['--frontchannel-logout https://other.example/out', /scheme, host and port of a redirect URI/],
  ]
  for (const [options, message] of cases) {
    const { code, stderr } = await latchkey(roof, `${create} ${options}`)
    assert.equal(code, exitCodes.usage, options)
    assert.match(stderr, message)
  }
  const good = '--backchannel-logout https://shop.example/out --frontchannel-logout https://shop.example/frame'
  const { app } = await body(roof, `${create} ${good}`)
  assert.match(JSON.stringify(app), /"backchannel_logout_uri":"https:\/\/shop.example\/out"/)
  const client = await look(roof, ({ database }) => findClient(database, 'shop'))
  assert.equal(client?.metadata.backchannelLogoutUri, 'https://shop.example/out')
  assert.equal(client?.metadata.frontchannelLogoutUri, 'https://shop.example/frame')
})

test('an app with a bad redirect URI, without one, with a bad scope or a taken id is refused', async () => {
  const roof = roofIn('bad-app')
  await body(roof, 'app create shop --type api --client-id shop')
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['app create x --type web --redirect http://shop.example/cb', exitCodes.usage, /Plain http is only for/],
    ['app create x --type web', exitCodes.usage, /needs a redirect URI/],
    ['app create x --type service --scope "a', exitCodes.usage, /no scope/],
    ['app create x --type webb', exitCodes.usage, /Allowed choices are web, spa, native, service, api/],
    ['app create x --type api --client-id shop', exitCodes.conflict, /already/],
    ['app create x --type service --owner nobody', exitCodes.notFound, /no user/],
    ['app create x --type service --client-secret hunter2', exitCodes.usage, /--client-secret-stdin/],
    ['app rotate-secret nope --yes', exitCodes.notFound, /latchkey app list/],
  ]
  for (const [line, code, message] of cases) {
    const outcome = await latchkey(roof, line)
    assert.equal(outcome.code, code, line)
    assert.match(outcome.stderr, message)
    assert.doesNotMatch(outcome.stderr, /hunter2/)
  }
})

test('a rotated secret leaves the one before alive; a compromised one ends all and raises the epoch', async () => {
  const roof = roofIn('rotate')
  const first = await body(roof, 'app create shop --type service --client-id shop')
  const second = await body(roof, 'app rotate-secret shop')
  const alive = (secret: unknown): Promise<boolean> =>
    look(roof, async ({ database, passwords, random }) => {
      const client = await findClient(database, 'shop')
      assert.ok(client)
      return createSecretChecker(passwords, random).matches(await secretsOf(database, client.row), String(secret))
    })
  assert.deepEqual([await alive(first['client_secret']), await alive(second['client_secret'])], [true, true])
  assert.equal((await latchkey(roof, 'app rotate-secret shop --compromised')).code, exitCodes.usage)
  const third = await body(roof, 'app rotate-secret shop --compromised --yes')
  assert.deepEqual([await alive(first['client_secret']), await alive(second['client_secret'])], [false, false])
  assert.equal(await alive(third['client_secret']), true)
  assert.equal((await look(roof, ({ database }) => findClient(database, 'shop')))?.epoch, 2)
})

test('createapplication takes Django OAuth Toolkit’s arguments, and a chosen secret by standard input', async () => {
  const roof = roofIn('dot')
  const words = ['createapplication', 'confidential', 'authorization-code', '--client-id', 'site', '--name', 'My site']
  const uris = [
    '--redirect-uris',
    'http://localhost:9988/cb http://localhost:9988/cb2',
    '--client-secret-stdin',
    '--json',
  ]
  const { code, stdout } = await run(commands, [...words, ...uris], { roof, stdin: 'site-secret' })
  assert.equal(code, 0, stdout)
  assert.doesNotMatch(stdout, /site-secret/)
  assert.match(stdout, /"client_name":"My site".*cb","http:\/\/localhost:9988\/cb2"/)
  const refused = await latchkey(roof, 'createapplication public implicit')
  assert.equal(refused.code, exitCodes.usage)
  assert.match(refused.stderr, /no implicit/)
})

test('keys are listed and rotated: the old one signs until its successor may', async () => {
  const roof = roofIn('keys')
  await body(roof, 'migrate')
  const planned = await body(roof, 'key rotate --algorithm ES256 --dry-run')
  assert.match(JSON.stringify(planned), /"kid":"new"/)
  await body(roof, 'key rotate --algorithm ES256 --sealing')
  const { keys } = await body(roof, 'key list')
  assert.ok(Array.isArray(keys))
  const states = keys.map((key: { algorithm: string; state: string }) => `${key.algorithm} ${key.state}`)
  assert.deepEqual(states.toSorted(), ['ES256 next', 'ES256 signing', 'RS256 signing'])
})

test('a token is explained: good, of a client that was ended, expired, and foreign', async () => {
  const roof = roofIn('token')
  await body(roof, 'app create job --type service --client-id job')
  const tokenThat = (lifeMs: number): Promise<string> =>
    look(roof, async ({ database, keys, clock, random }) => {
      const client = await findClient(database, 'job')
      assert.ok(client)
      const now = clock.now()
      return writeAccessToken((await keys()).sealer, {
        kind: 'client',
        tokenId: Buffer.from(random.bytes(12)).toString('base64url'),
        scopeSetId: await createScopeSets(database).idOf('read'),
        audienceSetId: 0,
        issuedAt: now,
        expiresAt: now + lifeMs,
        clientRow: client.row,
        clientEpoch: client.epoch,
        installationEpoch: 1,
      })
    })
  const [good, expired] = [await tokenThat(60_000), await tokenThat(-5_000)]
  const inspect = (stdin: string): Promise<Outcome> => latchkey(roof, 'token inspect --token-stdin --json', { stdin })
  assert.match(
    (await inspect(good)).stdout,
    /"active":true,"because":"It is good\.".*"scope":"read".*"client_id":"job"/,
  )
  const late = await inspect(expired)
  assert.equal(late.code, exitCodes.checkFailed)
  assert.match(late.stdout, /expired \d+ seconds ago/)
  await body(roof, 'app rotate-secret job --compromised --yes')
  assert.match((await inspect(good)).stdout, /All tokens of its client were ended/)
  assert.match((await inspect('lk_at_nonsense')).stdout, /"kind":"unknown"/)
  const typed = await latchkey(roof, `token inspect --token ${good}`)
  assert.equal(typed.code, exitCodes.usage)
  assert.ok(!typed.stderr.includes(good))
})

test('migrate says what it would do and does it; reading before is an error that names it', async () => {
  const roof = roofIn('migrate')
  const early = await latchkey(roof, 'user list')
  assert.equal(early.code, exitCodes.notFound)
  assert.match(early.stderr, /latchkey migrate/)
  assert.match(JSON.stringify(await body(roof, 'migrate --dry-run')), /0001-/)
  const empty = await latchkey(roof, 'user list')
  assert.equal(empty.code, exitCodes.notFound)
  assert.match(empty.stderr, /no tables[\s\S]*latchkey migrate/)
  assert.match(JSON.stringify(await body(roof, 'migrate')), /"applied":\["0001-/)
  assert.deepEqual((await body(roof, 'migrate'))['applied'], [])
  assert.deepEqual((await body(roof, 'user list'))['users'], [])
})

test('check-config lists every setting with its source, masks the secret, and fails with 3 on a fault', async () => {
  const roof = roofIn('config', { LATCHKEY_MASTER_KEY: 'hunter2', PORT: '9000' })
  const { stdout } = await latchkey(roof, 'check-config --dev')
  assert.match(stdout, /LATCHKEY_PORT +9000 +environment PORT/)
  assert.match(stdout, /LATCHKEY_MASTER_KEY +•••/)
  assert.doesNotMatch(stdout, /hunter2/)
  const wrong = await latchkey(roofIn('config', { LATCHKEY_PROT: '1', LATCHKEY_HOST: '' }), 'check-config')
  assert.equal(wrong.code, exitCodes.invalidSettings)
  assert.match(wrong.stderr, /Did you mean LATCHKEY_PORT\?/)
  const badKey = await latchkey(roof, 'key list')
  assert.equal(badKey.code, exitCodes.notFound)
})

test('doctor finds the demo administrator, a missing administrator and a missing database', async () => {
  const roof = roofIn('doctor')
  assert.match(
    (await latchkey(roof, 'doctor --dev --json')).stdout,
    /"check":"database","state":"bad".*latchkey migrate/,
  )
  await body(roof, 'migrate')
  assert.match(JSON.stringify(await body(roof, 'doctor --dev')), /"administrator","state":"warning".*createsuperuser/)
  const demo = 'user create --email admin@email.com --admin --password-stdin'
  await body(roof, demo, { stdin: 'testpass123' })
  assert.match(JSON.stringify(await body(roof, 'doctor --dev')), /"demo","state":"warning"/)
  // As production would judge: there is no public address.
  assert.equal((await latchkey(roof, 'doctor')).code, exitCodes.checkFailed)
})

test('an API is registered with its scopes and the apps that may ask, once; what it names is checked first', async () => {
  const roof = roofIn('api')
  await body(roof, 'app create items --type api --client-id items-api')
  const line = 'api create https://items.example --scope items:read --scope items:write --app items-api'
  const expected = {
    audience: 'https://items.example',
    name: 'https://items.example',
    token_format: 'opaque',
    signing_alg: null,
    access_token_lifetime_seconds: null,
    scopes: ['items:read', 'items:write'],
    clients: ['items-api'],
  }
  assert.deepEqual((await body(roof, `${line} --dry-run`))['api'], expected)
  assert.deepEqual((await body(roof, 'api list'))['apis'], [])
  assert.deepEqual((await body(roof, line))['api'], expected)
  assert.deepEqual((await body(roof, 'api list'))['apis'], [expected])
  for (const [refused, code] of [
    [line, exitCodes.conflict],
    ['api create https://other.example --scope items:read', exitCodes.conflict],
    ['api create https://other.example --app nobody', exitCodes.notFound],
    ['api create https://other.example --scope "', exitCodes.usage],
    ['api create other', exitCodes.usage],
    ['api create https://other.example#part', exitCodes.usage],
    ['api create http://localhost:8000/o', exitCodes.conflict],
    ['api create https://other.example --scope export.csv', exitCodes.conflict],
    ['api create https://other.example --format paper', exitCodes.usage],
    ['api create https://other.example --lifetime 1', exitCodes.usage],
  ] as const) {
    assert.equal((await latchkey(roof, `${refused} --json`)).code, code, refused)
  }
  assert.deepEqual((await body(roof, 'api list'))['apis'], [expected])
})

test('an API that checks tokens itself gets short ones, and the operator is told what that means (RFC 9068)', async () => {
  const roof = roofIn('jwt-api')
  const made = await latchkey(roof, 'api create https://fast.example --format jwt --algorithm EdDSA --name Fast')
  assert.match(made.stderr, /revoked.*until it expires/)
  const [api] = Object.values(await body(roof, 'api list'))
    .flat()
    .slice(-1)
  assert.partialDeepStrictEqual(api, { token_format: 'jwt', signing_alg: 'EdDSA', access_token_lifetime_seconds: 300 })
})
