// Where the secrets of a declaration come from, and that none is ever shown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../../packages/authorization-server/src/cli/exit.ts'
import type { Given } from '../../packages/authorization-server/src/cli/testing.ts'
import {
  createSecretChecker,
  findClient,
  secretsOf,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { changesOfTarget } from '../../packages/authorization-server/src/records/events/index.ts'
import { good, latchkey, look, roofIn } from './ground.ts'

const withSecret =
  'format: 1\nclients:\n  job: { name: Job, grant_types: [client_credentials], secret: { environment: JOB_SECRET } }\n'

test('a secret comes from the environment, changes when that does, with the one before still good, and is never shown', async () => {
  const roof = roofIn('secret')
  const given = (secret: string): Given => ({ stdin: withSecret, environment: { JOB_SECRET: secret } })
  const [one, two] = ['first-long-secret', 'second-long-secret']
  const outcomes = [await good(roof, 'apply - --yes', given(one))]
  assert.match(outcomes[0]?.stdout ?? '', /secret: "from the environment: JOB_SECRET"/)
  outcomes.push(await good(roof, 'apply - --yes', given(one)))
  assert.match(outcomes[1]?.stderr ?? '', /No changes/)
  outcomes.push(await good(roof, 'apply - --yes', given(two)))
  assert.match(outcomes[2]?.stdout ?? '', /^~ client job\n {4}secret: another → "from the environment: JOB_SECRET"/m)
  await look(roof, async ({ database, passwords, random }) => {
    const client = await findClient(database, 'job')
    assert.ok(client)
    const known = await secretsOf(database, client.row)
    const checker = createSecretChecker(passwords, random)
    assert.deepEqual([await checker.matches(known, one), await checker.matches(known, two)], [true, true])
    const events = JSON.stringify(await changesOfTarget(database, 'clients', String(client.row), 9))
    assert.ok(!events.includes(one) && !events.includes(two))
  })
  assert.ok(!JSON.stringify(outcomes).includes('long-secret'))
  assert.doesNotMatch((await good(roof, 'export')).stdout, /^ {4}secret:/m)
})

test('without its variable a plan says so, and apply refuses rather than make an application that nobody can use', async () => {
  const roof = roofIn('no-secret')
  await good(roof, 'migrate')
  assert.match((await good(roof, 'plan -', { stdin: withSecret })).stdout, /JOB_SECRET is not set here/)
  const refused = await latchkey(roof, 'apply - --yes', { stdin: withSecret, environment: { JOB_SECRET: '' } })
  assert.equal(refused.code, exitCodes.usage)
  assert.match(refused.stderr, /JOB_SECRET/)
  const short = await latchkey(roof, 'apply - --yes', { stdin: withSecret, environment: { JOB_SECRET: 'hunter2' } })
  assert.match(short.stderr, /<stdin>:3:\d+ clients\.job\.secret\.environment: .* at least 8 characters/)
  assert.doesNotMatch(short.stderr, /hunter2/)
  await good(roof, 'apply - --yes --skip-secrets', { stdin: withSecret })
})

test('a secret in clear needs a flag, and is not repeated', async () => {
  const roof = roofIn('clear')
  const stdin = withSecret.replace('environment: JOB_SECRET', 'value: in-clear-text')
  const refused = await latchkey(roof, 'apply - --yes', { stdin })
  assert.equal(refused.code, exitCodes.invalidSettings)
  assert.match(refused.stderr, /--secrets-in-file/)
  const taken = await good(roof, 'apply - --yes --secrets-in-file', { stdin })
  assert.match((await good(roof, 'apply - --yes --secrets-in-file', { stdin })).stderr, /No changes/)
  assert.ok(!(refused.stderr + taken.stdout + taken.stderr).includes('in-clear-text'))
})
