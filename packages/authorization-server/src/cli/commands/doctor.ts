// Looks at everything that can be looked at without changing it, and says for each finding what to do.

import { performance } from 'node:perf_hooks'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure, failureOf } from '../exit.ts'
import type { Installation } from '../installation.ts'
import { isPasswordOf } from '../../records/credentials/index.ts'
import { findUserByIdentifier, listUsers } from '../../records/users/index.ts'

interface Finding {
  readonly check: string
  readonly state: 'good' | 'warning' | 'bad'
  readonly proof: string
  readonly fix?: string
}

export const command: Command = defineCommand({
  name: 'doctor',
  aliases: [],
  summary: 'Check settings, database, keys, passwords and time (exit code 8 when something is bad)',
  arguments: [],
  options: [{ name: 'dev', description: 'judge as `latchkey dev` would' }],
  async run(context) {
    const findings = [await settingsFinding(context), ...(await installationFindings(context))]
    const bad = findings.filter((finding) => finding.state === 'bad').length
    const warnings = findings.filter((finding) => finding.state === 'warning').length
    return {
      say: bad + warnings === 0 ? 'All is well.' : `${bad} bad, ${warnings} to look at.`,
      data: { findings },
      view: {
        kind: 'table',
        columns: ['check', 'state', 'proof', 'what to do'],
        rows: findings.map(({ check, state, proof, fix }) => [check, state, proof, fix ?? '']),
      },
      ending: bad === 0 ? 'ok' : 'checkFailed',
    }
  },
})

async function settingsFinding(context: Context): Promise<Finding> {
  return attempt('settings', 'latchkey check-config', async () => {
    const rows = await (await context.roof()).settings(context.input.flag('dev') ? 'development' : 'production')
    return { check: 'settings', state: 'good', proof: `${rows.length} settings are good` }
  })
}

async function installationFindings(context: Context): Promise<readonly Finding[]> {
  let installation: Installation
  try {
    installation = await context.open('read')
  } catch (error) {
    const { what, fix } = failureOf(error).explanation
    return [{ check: 'database', state: 'bad', proof: what, fix }]
  }
  return [
    { check: 'database', state: 'good', proof: `${installation.database.engine}, up to date` },
    await keysFinding(installation),
    await hashingFinding(installation),
    await administratorFinding(installation),
    await demoFinding(installation),
  ]
}

async function keysFinding(installation: Installation): Promise<Finding> {
  return attempt('keys', 'Restore the master key that belongs to this database.', async () => {
    const signing = (await installation.keys()).list().filter((key) => key.state === 'signing')
    const oldest = Math.min(...signing.map((key) => key.signsFrom))
    const days = Math.floor((installation.clock.now() - oldest) / 86_400_000)
    const names = signing.map((key) => key.algorithm).join(', ')
    return days > 180
      ? { check: 'keys', state: 'warning', proof: `${names}, ${days} days old`, fix: 'latchkey key rotate' }
      : { check: 'keys', state: 'good', proof: `${names}, ${days} days old` }
  })
}

/** RFC 9106 leaves the price to the operator; below 50 ms guessing is cheap, above 500 ms people wait. */
async function hashingFinding({ passwords }: Installation): Promise<Finding> {
  await passwords.verifyDecoy('warm-up')
  const start = performance.now()
  await passwords.verifyDecoy('measure')
  const ms = Math.round(performance.now() - start)
  const proof = `one password hash takes ${ms} ms here`
  return ms > 500
    ? { check: 'passwords', state: 'warning', proof, fix: 'Give the server a faster processor.' }
    : { check: 'passwords', state: 'good', proof }
}

async function administratorFinding({ database }: Installation): Promise<Finding> {
  const check = 'administrator'
  for (let after = 0; ; ) {
    const users = await listUsers(database, after, 1000)
    if (users.some((user) => user.isSuperuser && user.isActive)) {
      return { check, state: 'good', proof: 'there is one' }
    }
    const last = users.at(-1)
    if (last === undefined) {
      return { check, state: 'warning', proof: 'there is none', fix: 'latchkey createsuperuser' }
    }
    after = last.id
  }
}

/** The demo's password is printed in the documentation: on a server that others reach it is an open door. */
async function demoFinding(installation: Installation): Promise<Finding> {
  const user = await findUserByIdentifier(installation.database, 'admin@email.com')
  const isOpen = user?.isActive === true && (await isPasswordOf(installation, user, 'testpass123'))
  return isOpen
    ? {
        check: 'demo',
        state: 'warning',
        proof: 'admin@email.com has the password that everybody knows',
        fix: 'latchkey user disable admin@email.com --yes',
      }
    : { check: 'demo', state: 'good', proof: 'the demo administrator is not here' }
}

async function attempt(check: string, fix: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    const proof = error instanceof CommandFailure ? error.explanation.what : failureOf(error).explanation.why
    return { check, state: 'bad', proof: proof.split('\n')[0] ?? '', fix }
  }
}
