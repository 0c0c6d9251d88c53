// What compose.yaml must say so that the pair works and stays on this machine: one issuer for browser and containers, the demo's
// addresses, nothing written outside of volumes, PostgreSQL as a profile, no secret. Compose Specification, "Services".
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readSettings as readItemsSettings } from '../../examples/items/settings.ts'
import { readSettings as readSiteSettings } from '../../examples/site/settings.ts'
import { demoClients } from '../../packages/authorization-server/src/demo.ts'
import { environmentOf, instructionsOf, readDockerfile, root } from './dockerfile.ts'
import { at, readYaml, type Yaml } from './yaml.ts'

const source = readFileSync(join(root, 'compose.yaml'), 'utf8')
const compose = readYaml(source)
const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const ours = ['server', 'site', 'items'] as const
const publicUrl = 'http://localhost:8000'

function service(name: string): Yaml {
  return at(compose, 'services', name)
}

/** What the program in the container sees: the image's variables, then those of compose. */
function environmentIn(name: string): Readonly<Record<string, string>> {
  const own = Object.entries(at(service(name), 'environment'))
  return {
    ...environmentOf(instructionsOf(stages, name)),
    ...Object.fromEntries(own.map(([key, value]) => [key, value as string])),
  }
}

/** Every key that is used is one of the specification's. */
const known: Readonly<Record<string, readonly string[]>> = {
  top: ['name', 'services', 'volumes'],
  service: (
    'build image command ports environment depends_on volumes init read_only tmpfs ' +
    'cap_drop security_opt stop_grace_period restart network_mode profiles healthcheck'
  ).split(' '),
  build: ['context', 'target'],
  depends: ['condition', 'required', 'restart'],
  healthcheck: ['test', 'interval', 'timeout', 'retries'],
}

function keysAre(value: Yaml, kind: string): void {
  for (const key of Object.keys(value)) assert.ok(known[kind]?.includes(key), `${kind} has ${key}`)
}

test('it says nothing that the specification does not know', () => {
  keysAre(compose, 'top')
  for (const [name, one] of Object.entries(at(compose, 'services'))) {
    keysAre(one, 'service')
    const { build, depends_on: depends, healthcheck } = one as Readonly<Record<string, Yaml | undefined>>
    if (build !== undefined) keysAre(build, 'build')
    if (healthcheck !== undefined) keysAre(healthcheck, 'healthcheck')
    for (const [other, how] of Object.entries(depends ?? {})) {
      assert.ok(Object.hasOwn(at(compose, 'services') as object, other), `${name} waits for ${other}`)
      keysAre(how, 'depends')
      assert.equal(at(how, 'condition'), 'service_healthy')
    }
  }
})

describe('the issuer', () => {
  test('is one address for the browser and for the containers: they share the network of the server', () => {
    assert.equal(environmentIn('server')['LATCHKEY_PUBLIC_URL'], publicUrl)
    for (const name of ['site', 'items']) {
      assert.equal(at(service(name), 'network_mode'), 'service:server')
      assert.equal(environmentIn(name)['ISSUER'], `${publicUrl}/o`)
      assert.equal(at(service(name), 'depends_on', 'server', 'restart'), 'true', 'a network ends with its container')
      assert.equal(Object.hasOwn(service(name) as object, 'ports'), false, 'the server publishes their ports')
    }
  })

  test('is reached from this machine only, as the demo has passwords that everybody knows', () => {
    const ports = ['8000', '9988', '8001']
    assert.deepEqual(
      at(service('server'), 'ports'),
      ports.map((port) => `127.0.0.1:${port}:${port}`),
    )
    assert.deepEqual(at(service('server'), 'command'), ['dev', '--expose-demo'])
    for (const name of ours) {
      const { LATCHKEY_HOST: host, HOST: other } = environmentIn(name)
      assert.equal(host ?? other, '0.0.0.0', 'inside of the container')
    }
  })

  test('knows the site and the items under the addresses and names that they have', () => {
    const site = readSiteSettings(environmentIn('site'))
    const known_ = demoClients.find(({ settings }) => settings.clientId === site.signIn?.clientId)
    assert.equal(known_?.secret, site.signIn?.clientSecret)
    assert.deepEqual(known_?.settings.redirectUris, [`${site.publicUrl}/accounts/customprovider/login/callback/`])
    assert.deepEqual(known_?.settings.postLogoutRedirectUris, [`${site.publicUrl}/accounts/logged-out/`])
    assert.equal(known_?.settings.metadata.backchannelLogoutUri, `${site.publicUrl}/accounts/backchannel-logout/`)
    const items = readItemsSettings(environmentIn('items'))
    const pages = demoClients.find(({ settings }) => settings.clientId === items.signIn.clientId)
    assert.equal(pages?.secret, items.signIn.clientSecret)
    assert.deepEqual(pages?.settings.redirectUris, [`${items.publicUrl}/auth/callback`])
    assert.equal(pages?.settings.metadata.backchannelLogoutUri, `${items.publicUrl}/auth/backchannel-logout`)
  })
})

for (const name of ours) {
  test(`${name} is built from its target, has no rights, and writes to its volume only`, () => {
    const one = service(name)
    assert.equal(at(one, 'build', 'target'), name)
    assert.ok(stages.some((stage) => stage.name === name))
    assert.deepEqual(at(one, 'volumes'), [`${name}:/data`])
    assert.ok(Object.hasOwn(at(compose, 'volumes') as object, name))
    const facts = { read_only: 'true', init: 'true', restart: 'unless-stopped' }
    for (const [key, value] of Object.entries(facts)) assert.equal(at(one, key), value, key)
    assert.deepEqual(at(one, 'tmpfs'), ['/tmp'])
    assert.deepEqual(at(one, 'cap_drop'), ['ALL'])
    assert.deepEqual(at(one, 'security_opt'), ['no-new-privileges:true'])
  })
}

describe('PostgreSQL', () => {
  test('is there by a profile; without it the embedded database is used', () => {
    assert.deepEqual(at(service('postgres'), 'profiles'), ['postgres'])
    assert.equal(environmentIn('server')['LATCHKEY_DATABASE_URL'], '${LATCHKEY_DATABASE_URL:-}')
    assert.equal(at(service('server'), 'depends_on', 'postgres', 'required'), 'false')
  })

  test('has the name and the encoding that the address in the papers expects', () => {
    const { POSTGRES_USER: user, POSTGRES_DB: database, POSTGRES_INITDB_ARGS: args } = environmentIn('postgres')
    assert.equal(`postgres://${user}@postgres/${database}`, 'postgres://latchkey@postgres/latchkey')
    assert.equal(args, '--encoding=UTF8')
    for (const paper of [source, readFileSync(join(root, 'docs/operate/containers.md'), 'utf8')]) {
      assert.ok(paper.includes('postgres://latchkey@postgres/latchkey'))
    }
  })
})

test('no secret stands in it: what is secret comes from the environment of whoever starts it', () => {
  const secrets = source
    .split('\n')
    .filter((line) => /^\s*[A-Z_]*(PASSWORD|SECRET|MASTER_KEY|TOKEN)[A-Z_]*:/.test(line))
  assert.ok(secrets.length > 0)
  for (const line of secrets) assert.match(line, /: "\$\{[A-Z_]+:-\}"$/)
})
