import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import {
  defineSettings,
  effectiveSettings,
  type Fragment,
  InvalidSettings,
  type Loaded,
  loadSettings,
  type LoadOptions,
  nearest,
  optionalSecret,
  processSources,
  referenceTable,
  type Secret,
  secret,
  setting,
  settingRows,
  type Sources,
} from './index.ts'

interface HttpSettings {
  readonly port: number
  readonly host: string
  readonly publicUrl: string | undefined
  readonly trustedProxies: readonly string[]
  readonly compress: boolean
}

const httpSettings: Fragment<'http', HttpSettings> = defineSettings('http', {
  port: setting(z.int().min(0).max(65_535).default(8000), { env: 'LATCHKEY_PORT', description: 'The port.' }),
  host: setting(z.string().default('127.0.0.1'), { env: 'LATCHKEY_HOST', description: 'The address.' }),
  publicUrl: setting(z.url().optional(), { env: 'LATCHKEY_PUBLIC_URL', description: 'The URL that people see.' }),
  trustedProxies: setting(z.array(z.string()).default([]), {
    env: 'LATCHKEY_TRUSTED_PROXIES',
    description: 'Whose forwarded addresses are believed.',
  }),
  compress: setting(z.boolean().default(true), { env: 'LATCHKEY_COMPRESS', description: 'Compress | pack answers.' }),
})

interface TokenSettings {
  readonly lifetimeSeconds: number
  readonly format: 'opaque' | 'jwt'
}

const tokenSettings: Fragment<'token', TokenSettings> = defineSettings('token', {
  lifetimeSeconds: setting(z.int().min(30).max(86_400).default(3600), {
    env: 'LATCHKEY_TOKEN_LIFETIME_SECONDS',
    description: 'How long an access token is good for.',
    unit: 'seconds',
    spec: 'RFC 9700 §2.2',
  }),
  format: setting(z.enum(['opaque', 'jwt']).default('opaque'), {
    env: 'LATCHKEY_TOKEN_FORMAT',
    description: 'What an access token looks like.',
  }),
})

interface KeySettings {
  readonly masterKey: Secret
  readonly previousMasterKey: Secret | undefined
}

const keySettings: Fragment<'keys', KeySettings> = defineSettings('keys', {
  masterKey: secret(z.string().min(8), { env: 'LATCHKEY_MASTER_KEY', description: 'Every other key comes from it.' }),
  previousMasterKey: optionalSecret(z.string().min(8), {
    env: 'LATCHKEY_PREVIOUS_MASTER_KEY',
    description: 'The one before.',
  }),
})

const plain = [httpSettings, tokenSettings] as const

function from(environment: Sources['environment'], files: Readonly<Record<string, string>> = {}): Sources {
  return {
    environment,
    flags: [],
    readFile(path) {
      const text = files[path]
      if (text === undefined) {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      }
      return text
    },
  }
}

function load(sources: Sources, options?: LoadOptions): Loaded<{ http: HttpSettings; token: TokenSettings }> {
  return loadSettings(plain, sources, options)
}

function faultsOf(act: () => unknown): InvalidSettings {
  let caught: unknown
  try {
    act()
  } catch (error) {
    caught = error
  }
  assert.ok(caught instanceof InvalidSettings, `not a fault: ${String(caught)}`)
  return caught
}

test('nothing written gives the defaults and says so', () => {
  const { settings, origins } = load(from({}))
  assert.equal(settings.http.port, 8000)
  assert.equal(settings.http.publicUrl, undefined)
  assert.equal(settings.token.format, 'opaque')
  assert.equal(origins.get('http.port'), 'default')
})

test('a file beats the default, the environment beats the file, a flag beats the environment', () => {
  const file = '{\n "$schema": "x",\n "http": { "port": 1, "host": "a",\n "compress": false }\n}'
  const sources = {
    ...from({ LATCHKEY_CONFIG: 'l.json', LATCHKEY_PORT: '2', LATCHKEY_HOST: 'b' }, { 'l.json': file }),
    flags: [{ flag: '--port', key: 'http.port', value: '3' }],
  }
  const { settings, origins } = load(sources)
  assert.deepEqual([settings.http.port, settings.http.host, settings.http.compress], [3, 'b', false])
  assert.equal(origins.get('http.port'), 'flag --port')
  assert.equal(origins.get('http.host'), 'environment LATCHKEY_HOST')
  assert.equal(origins.get('http.compress'), 'file l.json:4')
})

test('PORT and HOST are accepted without the prefix, and the prefixed name wins', () => {
  const { settings, origins } = load(from({ PORT: '9000', HOST: '::1', LATCHKEY_HOST: '127.0.0.2' }))
  assert.deepEqual([settings.http.port, settings.http.host], [9000, '127.0.0.2'])
  assert.equal(origins.get('http.port'), 'environment PORT')
})

test('text is read as the type of the setting', () => {
  const { settings } = load(
    from({
      LATCHKEY_COMPRESS: 'off',
      LATCHKEY_TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2',
      LATCHKEY_TOKEN_LIFETIME_SECONDS: '15m',
    }),
  )
  assert.equal(settings.http.compress, false)
  assert.deepEqual(settings.http.trustedProxies, ['10.0.0.1', '10.0.0.2'])
  assert.equal(settings.token.lifetimeSeconds, 900)
})

test('an empty variable counts as absent', () => {
  assert.equal(load(from({ LATCHKEY_PORT: '' })).settings.http.port, 8000)
})

test('every fault is reported at once, with name, value, place and what to type', () => {
  const { faults, message } = faultsOf(() =>
    load(
      from(
        {
          LATCHKEY_CONFIG: 'l.json',
          LATCHKEY_PORT: 'eighty',
          LATCHKEY_TOKEN_LIFETIME_SECONDS: '5',
          LATCHKEY_TOKEN_FROMAT: 'jwt',
        },
        { 'l.json': '{"htpp": {}, "token": {\n"formt": "jwt"}, "http": {"publicUrl": 7}}' },
      ),
    ),
  )
  assert.deepEqual(
    faults.map((fault) => [fault.name, fault.value, fault.from, fault.fix]),
    [
      ['htpp', undefined, 'file l.json:1', 'Did you mean http?'],
      ['token.formt', undefined, 'file l.json:2', 'Did you mean token.format?'],
      ['LATCHKEY_TOKEN_FROMAT', undefined, 'environment', 'Did you mean LATCHKEY_TOKEN_FORMAT?'],
      [
        'LATCHKEY_PORT',
        'eighty',
        'environment',
        'Set LATCHKEY_PORT to: whole number, 0 to 65535; the default is “8000”.',
      ],
      ['http.publicUrl', '7', 'file l.json:2', 'Set http.publicUrl to: URL.'],
      [
        'LATCHKEY_TOKEN_LIFETIME_SECONDS',
        '5',
        'environment',
        'Set LATCHKEY_TOKEN_LIFETIME_SECONDS to: whole number, 30 to 86400 (seconds); the default is “3600”.',
      ],
    ],
  )
  assert.match(message, /^6 settings are wrong\.\n {2}htpp \(file l\.json:1\)/)
})

test('a variable that belongs to another program can be tolerated', () => {
  const sources = from({ LATCHKEY_ADMIN_EMAIL: 'a@b.c' })
  assert.equal(faultsOf(() => load(sources)).faults[0]?.name, 'LATCHKEY_ADMIN_EMAIL')
  assert.doesNotThrow(() => load(sources, { tolerated: ['LATCHKEY_ADMIN_EMAIL'] }))
})

test('a settings file that is missing, broken or no object is a fault that quotes nothing of it', () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{}, /cannot be read \(ENOENT\)/],
    [{ f: '{"keys": hunter2}' }, /not valid JSON/],
    [{ f: '[]' }, /no JSON object/],
  ]
  for (const [files, why] of cases) {
    const { faults } = faultsOf(() => load(from({ LATCHKEY_CONFIG: 'f' }, files)))
    assert.match(faults[0]?.why ?? '', why)
    assert.doesNotMatch(JSON.stringify(faults), /hunter2/)
  }
  assert.match(faultsOf(() => load(from({ LATCHKEY_CONFIG: 'f' }, { f: '{"http": 1}' }))).message, /group of settings/)
})

test('a key named __proto__ is an unknown key and pollutes nothing', () => {
  const file = '{"__proto__": {"port": 1}, "http": {"__proto__": {"port": 1}}}'
  assert.equal(faultsOf(() => load(from({ LATCHKEY_CONFIG: 'f' }, { f: file }))).faults.length, 2)
})

test('a secret is read from the variable, from the named file without its last line break, and never both', () => {
  const fragments = [keySettings] as const
  const read = (sources: Sources): string => loadSettings(fragments, sources).settings.keys.masterKey.reveal()
  assert.equal(read(from({ LATCHKEY_MASTER_KEY: 'correct horse' })), 'correct horse')
  const fromFile = from({ LATCHKEY_MASTER_KEY_FILE: '/run/key' }, { '/run/key': 'battery staple\n' })
  assert.equal(read(fromFile), 'battery staple')
  const both = { ...fromFile, environment: { ...fromFile.environment, LATCHKEY_MASTER_KEY: 'correct horse' } }
  assert.match(faultsOf(() => read(both)).message, /also given by LATCHKEY_MASTER_KEY \(environment\)/)
  assert.match(faultsOf(() => read(from({ LATCHKEY_MASTER_KEY_FILE: '/nowhere' }))).message, /ENOENT/)
})

test('a secret shows in no fault, no row, no text, no JSON and no inspection', () => {
  const fragments = [keySettings] as const
  const loaded = loadSettings(fragments, from({ LATCHKEY_MASTER_KEY: 'correct horse' }))
  const shown = [
    inspect(loaded.settings, { depth: 9, showHidden: true }),
    JSON.stringify(loaded.settings),
    String(loaded.settings.keys.masterKey),
    ['', loaded.settings.keys.masterKey].join(''),
    JSON.stringify(effectiveSettings(fragments, loaded)),
    faultsOf(() => loadSettings(fragments, from({ LATCHKEY_MASTER_KEY: 'horse' }))).message,
  ]
  assert.doesNotMatch(shown.join('\n'), /horse/)
  assert.match(shown[0] ?? '', /•••/)
})

test('a secret cannot be given by a flag', () => {
  const sources = { ...from({}), flags: [{ flag: '--master-key', key: 'keys.masterKey', value: 'correct horse' }] }
  assert.throws(() => loadSettings([keySettings], sources), /is a secret or does not exist/)
})

test('what is required and missing is one fault that says how to give it', () => {
  const { faults } = faultsOf(() => loadSettings([keySettings], from({})))
  assert.equal(faults.length, 1)
  assert.match(faults[0]?.fix ?? '', /^Set LATCHKEY_MASTER_KEY to: .* or LATCHKEY_MASTER_KEY_FILE/)
  const { faults: ofMode } = faultsOf(() => load(from({}), { required: ['http.publicUrl'] }))
  assert.deepEqual(
    ofMode.map((fault) => fault.name),
    ['LATCHKEY_PUBLIC_URL'],
  )
})

test('what a mode assumes beats the default and yields to anything written', () => {
  const assumed = { because: 'development', values: { 'http.port': 7000, 'http.host': 'dev' } }
  const { settings, origins } = load(from({ HOST: 'mine' }), { assumed, required: ['http.port'] })
  assert.deepEqual([settings.http.port, settings.http.host], [7000, 'mine'])
  assert.equal(origins.get('http.port'), 'development')
})

test('what must hold between settings is reported together with the rest', () => {
  const check: LoadOptions['check'] = (value, origin) =>
    value('http.compress') === true && value('http.port') === undefined
      ? [{ name: 'LATCHKEY_COMPRESS', from: origin('http.compress'), why: 'It needs a port.', fix: 'Switch it off.' }]
      : []
  const { faults } = faultsOf(() => load(from({ LATCHKEY_PORT: 'x' }), { check }))
  assert.deepEqual(
    faults.map((fault) => [fault.name, fault.from]),
    [
      ['LATCHKEY_PORT', 'environment'],
      ['LATCHKEY_COMPRESS', 'default'],
    ],
  )
  assert.doesNotThrow(() => load(from({}), { check }))
})

test('loaded settings are frozen to the bottom', () => {
  const { settings } = load(from({}))
  assert.ok(
    Object.isFrozen(settings) && Object.isFrozen(settings.http) && Object.isFrozen(settings.http.trustedProxies),
  )
})

test('two settings cannot claim one variable', () => {
  const twin: Fragment<'twin', HttpSettings> = defineSettings('twin', httpSettings.settings)
  assert.throws(() => loadSettings([httpSettings, twin], from({})), /LATCHKEY_PORT is already taken/)
})

test('an interface that misses a declared setting, or has one too many, does not compile', () => {
  const notes = { env: 'LATCHKEY_X', description: 'x' } as const
  const lacking: Fragment<'x', { a: string }> = defineSettings('x', {
    a: setting(z.string(), notes),
    // @ts-expect-error the interface lacks b
    b: setting(z.string(), notes),
  })
  // @ts-expect-error the interface has b
  const extra: Fragment<'x', { a: string; b: string }> = defineSettings('x', { a: setting(z.string(), notes) })
  const wrong: Fragment<'x', { a: number }> = defineSettings('x', {
    // @ts-expect-error a is text
    a: setting(z.string(), notes),
  })
  assert.equal(settingRows([lacking, extra, wrong]).length, 4)
})

test('the reference row has every name, the type in words, the default and the clause', () => {
  const rows = settingRows([tokenSettings, keySettings])
  assert.deepEqual(rows[0], {
    key: 'token.lifetimeSeconds',
    env: 'LATCHKEY_TOKEN_LIFETIME_SECONDS',
    allowed: 'whole number, 30 to 86400',
    unit: 'seconds',
    defaultValue: '3600',
    description: 'How long an access token is good for.',
    spec: 'RFC 9700 §2.2',
    secret: false,
  })
  const table = referenceTable([...rows, ...settingRows([httpSettings])])
  assert.match(
    table,
    /`LATCHKEY_MASTER_KEY`<br>`LATCHKEY_MASTER_KEY_FILE`<br>`keys\.masterKey` \| text, 8 characters or more/,
  )
  assert.match(table, /one of opaque, jwt/)
  assert.match(table, /list, separated by commas, of: text \| empty/)
  assert.match(table, /Compress \\\| pack/)
})

test('check-config rows name the effective value and its source', () => {
  const loaded = load(from({ PORT: '81' }))
  assert.deepEqual(effectiveSettings(plain, loaded)[0], {
    key: 'http.port',
    env: 'LATCHKEY_PORT',
    value: '81',
    origin: 'environment PORT',
  })
})

test('the nearest name is found through swaps and missing letters, and far words give none', () => {
  assert.equal(nearest('LATCHKEY_PROT', ['LATCHKEY_PORT', 'LATCHKEY_HOST']), 'LATCHKEY_PORT')
  assert.equal(nearest('creat', ['list', 'create']), 'create')
  assert.equal(nearest('xyzzy', ['list', 'create']), undefined)
})

test('the sources of the process are its environment and its files', () => {
  assert.equal(processSources().environment['PATH'], process.env['PATH'])
  assert.match(processSources().readFile(import.meta.filename), /the sources of the process/)
})
