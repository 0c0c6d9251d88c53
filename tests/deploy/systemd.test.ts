// What the unit of systemd must say: the command that there is, without rights, writing to its state folder only, given the time
// that an orderly end takes. systemd.exec(5), systemd.service(5), systemd.kill(5).
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingFragments } from '../../packages/authorization-server/src/config.ts'
import { loadSettings } from '../../packages/authorization-server/src/platform/config/index.ts'
import { root } from './dockerfile.ts'

type Unit = ReadonlyMap<string, readonly string[]>

function readUnit(text: string): Unit {
  const unit = new Map<string, string[]>()
  let section = ''
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const heading = /^\[(Unit|Service|Install)\]$/.exec(line)?.[1]
    const [, key = '', value = ''] = /^([A-Z][A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (heading === undefined && (key === '' || section === '')) throw new Error(`Not a line of a unit: ${line}`)
    if (heading !== undefined) section = heading
    else unit.set(`${section}.${key}`, [...(unit.get(`${section}.${key}`) ?? []), value])
  }
  return unit
}

const unit = readUnit(readFileSync(join(root, 'deploy/latchkey.service'), 'utf8'))
const service = (key: string): string => unit.get(`Service.${key}`)?.join(' ') ?? ''

test('it starts the server, in production, from the folder that the paper installs', () => {
  const [program, script = '', ...args] = service('ExecStart').split(' ')
  assert.equal(program, '/usr/bin/node')
  assert.ok(existsSync(join(root, script.replace('/opt/latchkey/', ''))), script)
  assert.deepEqual(args, ['serve', '--no-input'])
  assert.equal(service('WorkingDirectory'), '/opt/latchkey')
  assert.deepEqual(unit.get('Install.WantedBy'), ['multi-user.target'])
})

test('it has no rights, and writes to its state folder only, which is where the server keeps its data', () => {
  assert.equal(service('User'), 'latchkey')
  for (const key of ['NoNewPrivileges', 'PrivateTmp', 'PrivateDevices', 'ProtectHome', 'RestrictSUIDSGID']) {
    assert.equal(service(key), 'yes', key)
  }
  assert.equal(service('ProtectSystem'), 'strict')
  assert.deepEqual(unit.get('Service.CapabilityBoundingSet'), [''])
  assert.equal(service('StateDirectoryMode'), '0700')
  assert.equal(unit.has('Service.ReadWritePaths'), false)
  assert.ok(
    service('Environment')
      .split(' ')
      .includes(`LATCHKEY_DATA_DIR=/var/lib/${service('StateDirectory')}`),
  )
  assert.doesNotMatch(service('Environment'), /PASSWORD|SECRET|MASTER_KEY/)
})

test('it waits longer for the end than the server takes, and tells the server alone', () => {
  const sources = { environment: {}, flags: [], readFile: () => '' }
  const { drainDelayMs, shutdownDeadlineMs } = loadSettings(settingFragments, sources).settings.server
  assert.ok(Number(service('TimeoutStopSec')) * 1000 > drainDelayMs + shutdownDeadlineMs)
  assert.equal(service('KillMode'), 'mixed')
})

test('it does not try a wrong setting again (exit codes of the command line)', () => {
  const reference = readFileSync(join(root, 'docs/reference/cli.md'), 'utf8')
  assert.match(reference, /\| 2 \| usage \|\n\| 3 \| invalid settings \|/)
  assert.deepEqual(service('RestartPreventExitStatus').split(' '), ['2', '3'])
})
