// A server that runs on the same embedded database sees what was applied within a second, without being told.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { commandEntries } from '../../packages/authorization-server/src/cli/registry.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import { run } from '../../packages/authorization-server/src/cli/testing.ts'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'

const commands = await Promise.all(commandEntries.filter(({ name }) => name === 'apply').map((entry) => entry.load()))
let server: TestServer

before(async () => {
  server = await startTestServer()
})
after(() => server.close())

async function apply(text: string): Promise<void> {
  const environment = { LATCHKEY_DATA_DIR: server.dataDir }
  const roof = roofOver({ environment, flags: [], readFile: () => '' })
  const given = { roof, stdin: text, environment: { JOB_SECRET: 'a-secret-of-some-length' } }
  const { code, stderr } = await run(commands, ['apply', '-', '--yes'], given)
  assert.equal(code, 0, stderr)
}

async function ask(resource: string): Promise<readonly [number, string]> {
  const fields = { grant_type: 'client_credentials', scope: 'jobs:run', resource }
  const answer = await postForm(`${server.url}/o/token/`, fields, basic('job', 'a-secret-of-some-length'))
  const body: unknown = await answer.json()
  return [answer.status, JSON.stringify(body)]
}

const declaration = `format: 1
apis:
  https://jobs.example: { name: Jobs, scopes: { "jobs:run": run jobs } }
clients:
  job: { name: Job, grant_types: [client_credentials], scopes: ["jobs:run"], secret: { environment: JOB_SECRET } }
`

test('a client, its secret, its scope and its API work at once, and a second later what was changed of them counts', async () => {
  assert.equal((await ask('https://jobs.example'))[0], 401)
  await apply(declaration)
  server.clock.advance(1_000)
  const [status, body] = await ask('https://jobs.example')
  assert.equal(status, 200, body)
  assert.match(body, /"expires_in":3600/)
  await apply(declaration.replace('name: Jobs,', 'name: Jobs, access_token_lifetime_seconds: 60,'))
  server.clock.advance(1_000)
  assert.match((await ask('https://jobs.example'))[1], /"expires_in":60/)
  await apply(declaration.replace('name: Job,', 'name: Job, enabled: false,'))
  server.clock.advance(1_000)
  assert.equal((await ask('https://jobs.example'))[0], 401)
})
