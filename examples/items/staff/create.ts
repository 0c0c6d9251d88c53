// The command that makes a local account for the admin pages: node staff/create.ts [e-mail]. The password is asked for
// twice, or read from standard input when that is no terminal.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
import { openDatabase } from '../database.ts'
import { readSettings } from '../settings.ts'
import { localAccounts } from './local-account.ts'
import { passwordErrors } from './password.ts'
import { createStaffStore } from './store.ts'

const isTerminal = process.stdin.isTTY
let isHidden = false
const screen = new Writable({
  write(chunk: Buffer, _encoding, done) {
    if (!isHidden) process.stdout.write(chunk)
    done()
  },
})
const lines = createInterface({ input: process.stdin, output: screen, terminal: isTerminal })
const typed = lines[Symbol.asyncIterator]()

async function ask(question: string, hidden: boolean): Promise<string> {
  if (isTerminal) process.stdout.write(question)
  isHidden = hidden
  const { value } = await typed.next()
  isHidden = false
  if (hidden && isTerminal) process.stdout.write('\n')
  return typeof value === 'string' ? value : ''
}

async function run(): Promise<string | undefined> {
  const email = process.argv[2] ?? (await ask('Email: ', false))
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return `${email} is no e-mail address.`
  const password = await ask('Password: ', true)
  const wrong = passwordErrors(password, email)
  if (wrong.length > 0) return `The password cannot be used. ${wrong.join(' ')}`
  if (isTerminal && (await ask('Password (again): ', true)) !== password) return 'The passwords are not the same.'
  const settings = readSettings(process.env)
  const database = openDatabase(settings.database)
  const users = sqliteUsers(database)
  await localAccounts(users, createStaffStore(database), settings.publicUrl, Date.now).put(email, password)
  database.close()
  console.log(`${email} can sign in at ${settings.publicUrl}/admin/.`)
  return undefined
}

const problem = await run()
lines.close()
if (problem !== undefined) {
  console.error(problem)
  process.exitCode = 1
}
