/**
 * Starts the authorization server with its demo, every example, and one page that links them: `npm run demo`.
 * Usage: node scripts/demo.ts [--page PORT] [--server PORT] [--items PORT] … [--data-dir FOLDER]
 * Without a folder all that is done is forgotten when it stops.
 */
import { once } from 'node:events'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { LatchkeyServer } from '../packages/authorization-server/src/index.ts'
import { type Example, examples, page, type Part, server } from './demo/cast.ts'
import { type Child, startChild, untilReady } from './demo/children.ts'
import type { Account } from './demo/page.ts'

const cast: readonly Part[] = [page, server, ...examples]

const usage = `npm run demo [-- [options]]
${cast.map(({ id, port, name }) => `  --${id.padEnd(9)} PORT    ${name}, otherwise ${port}`).join('\n')}
  --data-dir  FOLDER  keeps what is done; without it all is forgotten when the demo stops`

interface Wanted {
  readonly ports: ReadonlyMap<string, number>
  readonly dataDir: string | undefined
}

/** @throws Error that says what is wrong with the arguments */
function readArguments(): Wanted | undefined {
  const options = Object.fromEntries(cast.map(({ id }) => [id, { type: 'string' as const }]))
  const { values } = parseArgs({ options: { ...options, 'data-dir': { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help === true) return undefined
  const ports = cast.map(({ id, port }): [string, number] => {
    const given = Object.entries(values).find(([name]) => name === id)?.[1]
    const chosen = given === undefined ? port : Number(given)
    if (Number.isInteger(chosen) && chosen > 0 && chosen < 65_536) return [id, chosen]
    throw new Error(`--${id} ${String(given)} is no port.`)
  })
  return { ports: new Map(ports), dataDir: values['data-dir'] }
}

/** Ports that something else has, before anything is started. */
async function takenPorts(ports: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const all = [...ports]
  const twice = all.filter(([, port], at) => all.findIndex((other) => other[1] === port) !== at)
  const taken = await Promise.all(all.map(async ([id, port]) => ((await isFree(port)) ? [] : [[id, port] as const])))
  return [...twice, ...taken.flat()].map(
    ([id, port]) =>
      `Port ${port} (${id}) is in use. Stop what uses it, or choose another: npm run demo -- --${id} ${port + 1000}`,
  )
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket().listen({ port, host: 'localhost', exclusive: true })
  try {
    await once(socket, 'listening')
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}

/** What an example is told: where it is, whom it trusts, and what it is called there. */
async function variablesOf(
  { id, signIn }: Example,
  { ports, dataDir }: { readonly ports: ReadonlyMap<string, number>; readonly dataDir: string },
  authorization: LatchkeyServer,
): Promise<Readonly<Record<string, string>>> {
  const url = urlOf(ports, id)
  const known = {
    PORT: String(ports.get(id)),
    PUBLIC_URL: url,
    ISSUER: authorization.issuer,
    DATA_DIR: join(dataDir, id),
  }
  if (signIn === undefined) return known
  const { plainMetadata } = await import('../packages/authorization-server/src/records/clients/index.ts')
  const { clientSecret } = await authorization.registerClient({
    clientId: signIn.clientId,
    redirectUris: [url + signIn.callback],
    postLogoutRedirectUris: [url + signIn.loggedOut],
    scopes: ['openid', 'profile', 'email', 'read', 'write'],
    metadata: { ...plainMetadata, backchannelLogoutUri: url + signIn.backchannelLogout },
  })
  return { ...known, SIGN_IN_CLIENT_ID: signIn.clientId, SIGN_IN_CLIENT_SECRET: clientSecret }
}

function urlOf(ports: ReadonlyMap<string, number>, id: Part['id']): string {
  return `http://localhost:${ports.get(id)}`
}

function block(ports: ReadonlyMap<string, number>, users: readonly Account[]): string {
  const rows = cast.map(({ id, name, shows }) => `  ${name.padEnd(22)} ${urlOf(ports, id).padEnd(24)}${shows}`)
  const accounts = users.map(
    ({ identifier, password, note }) => `  ${identifier.padEnd(22)} ${password.padEnd(24)}${note}`,
  )
  return ['The demo runs; everybody knows its passwords.', '', ...rows, '', ...accounts, '', 'Stop with Ctrl-C.'].join(
    '\n',
  )
}

/** Runs until a signal comes or a part ends by itself; the result is the exit code. */
async function run(ports: ReadonlyMap<string, number>, dataDir: string): Promise<number> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<undefined>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ask(undefined))
  const stops: (() => unknown)[] = []
  try {
    const { createServer, demoUsers, overview, silentLog } = await loadServer()
    const settings = { server: { dataDir: join(dataDir, 'server'), port: ports.get('server') } }
    await mkdir(settings.server.dataDir, { recursive: true, mode: 0o700 })
    const authorization = await createServer({ development: true, settings, deps: { log: silentLog } })
    stops.push(() => authorization.close())
    await authorization.listen()
    const children: Child[] = []
    for (const example of examples) {
      // One after another: each is written into the server's register first.
      // oxlint-disable-next-line no-await-in-loop
      const variables = await variablesOf(example, { ports, dataDir }, authorization)
      const child = startChild(example.id, example.folder, variables)
      children.push(child)
      stops.push(() => child.stop())
    }
    await Promise.race([
      Promise.all(children.map((child, at) => untilReady(urlOf(ports, examples[at]?.id ?? 'items'), child))),
      asked,
    ])
    const cards = [server, ...examples].map((part) => ({ ...part, url: urlOf(ports, part.id) }))
    const shown = overview(cards, demoUsers).listen(ports.get('page'), 'localhost')
    stops.push(() => shown.close().closeAllConnections())
    await once(shown, 'listening')
    console.log(block(ports, demoUsers))
    const ended = await Promise.race([asked, ...children.map((child) => child.ended)])
    // Ctrl-C reaches the examples, too, and they may be quicker.
    const byPerson = ended === undefined || (await Promise.race([asked, delayed(ended)])) === undefined
    if (!byPerson) console.error(`${ended} The demo stops.`)
    return byPerson ? 0 : 1
  } catch (error) {
    console.error(`The demo cannot start: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await Promise.all(stops.toReversed().map((stop) => stop()))
  }
}

/** Only when there is something to start: what is wrong with the arguments is said at once. */
async function loadServer() {
  const [{ createServer }, { demoUsers }, { silentLog }, { overview }] = await Promise.all([
    import('../packages/authorization-server/src/index.ts'),
    import('../packages/authorization-server/src/demo.ts'),
    import('../packages/authorization-server/src/platform/log/index.ts'),
    import('./demo/page.ts'),
  ])
  return { createServer, demoUsers, overview, silentLog }
}

function delayed(words: string): Promise<string> {
  return new Promise((done) => setTimeout(() => done(words), 500).unref())
}

async function main(): Promise<number> {
  const wanted = readArguments()
  if (wanted === undefined) {
    console.log(usage)
    return 0
  }
  const taken = await takenPorts(wanted.ports)
  if (taken.length > 0) {
    console.error(taken.join('\n'))
    return 1
  }
  const { dataDir } = wanted
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'latchkey-demo-')) : resolve(dataDir)
  try {
    return await run(wanted.ports, folder)
  } finally {
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 2
}
