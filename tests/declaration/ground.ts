// What the tests of export, plan and apply share: an installation of their own, the commands, and a declaration.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Installation, Roof } from '../../packages/authorization-server/src/cli/installation.ts'
import { commandEntries } from '../../packages/authorization-server/src/cli/registry.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import { type Given, type Outcome, run } from '../../packages/authorization-server/src/cli/testing.ts'

const used = /^(export|plan|apply|migrate|user create|key list|app rotate-secret)$/
const commands = await Promise.all(commandEntries.filter(({ name }) => used.test(name)).map((entry) => entry.load()))

/** Of the test file, gone with it. */
export const folder: string = mkdtempSync(join(tmpdir(), 'latchkey-declaration-'))
after(() => rmSync(folder, { recursive: true }))

export function roofIn(name: string, more: Readonly<Record<string, string>> = {}): Roof {
  const environment = { LATCHKEY_DATA_DIR: join(folder, name), ...more }
  return roofOver({ environment, flags: [], readFile: () => assert.fail('no file is read') })
}

export function latchkey(roof: Roof, line: string, given: Given = {}): Promise<Outcome> {
  return run(commands, line.split(' '), { ...given, roof })
}

export async function good(roof: Roof, line: string, given: Given = {}): Promise<Outcome> {
  const outcome = await latchkey(roof, line, given)
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr)
  return outcome
}

export async function look<T>(roof: Roof, see: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await roof.open('read')
  try {
    return await see(installation)
  } finally {
    await installation.close()
  }
}

export const declaration: string = `format: 1
scopes:
  orders: your orders
apis:
  https://items.example:
    name: Items
    scopes: { "items:read": read your items }
    clients: [items-api]
groups:
  support: { permissions: [users.view] }
clients:
  shop:
    name: Shop
    redirect_uris: [https://shop.example/cb]
    scopes: [openid, orders, "items:read"]
    id_token_algorithm: EdDSA
  items-api: { name: Items API, grant_types: [] }
`
