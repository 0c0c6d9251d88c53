// `npm run demo`: every part answers, the page links all of them, and one signal ends all.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Browser, destinationOf } from '../contract/browser.ts'
import { examples } from '../../scripts/demo/cast.ts'
import { freePort } from '../support/port.ts'

const script = join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts')
const ids = ['page', 'server', ...examples.map(({ id }) => id)]
const running = new Set<ChildProcess>()
after(() => {
  for (const child of running) child.kill('SIGKILL')
})

interface Demo {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  /** All that it has said so far. */
  readonly said: () => string
  until(words: string): Promise<void>
}

function demo(args: readonly string[]): Demo {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let text = ''
  const lookers: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
      for (const look of lookers) look()
    })
  }
  const exit = once(child, 'close').then(([code]): number | null => {
    running.delete(child)
    return code as number | null
  })
  const until = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (text.includes(words) && resolve())
      lookers.push(look)
      look()
      void exit.then((code) => reject(new Error(`It ended with ${code}: ${text}`)))
    })
  return { child, exit, said: () => text, until }
}

async function portsFor(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>()
  for (const name of names) {
    // One after another, so that no port is given twice.
    // oxlint-disable-next-line no-await-in-loop
    ports.set(name, await freePort())
  }
  return ports
}

function flags(ports: ReadonlyMap<string, number>): readonly string[] {
  return [...ports].flatMap(([name, port]) => [`--${name}`, String(port)])
}

test('it starts everything, says every address, and ends everything with one signal', async () => {
  const ports = await portsFor(ids)
  const { child, exit, said, until } = demo(flags(ports))
  await until('Stop with Ctrl-C.')
  const url = (id: string): string => `http://localhost:${ports.get(id)}`

  const overview = await (await fetch(url('page'))).text()
  for (const id of ids) {
    assert.ok(said().includes(url(id)), `the block names ${id}`)
    if (id !== 'page') assert.ok(overview.includes(`href="${url(id)}"`), `the page links ${id}`)
  }
  for (const [, link = ''] of overview.matchAll(/<a href="([^"]+)"/g)) {
    // oxlint-disable-next-line no-await-in-loop
    const { status } = await fetch(link, { headers: { accept: 'text/html' } })
    assert.ok(status === 200 || status === 401, `${link} answers ${status}`)
  }

  // The examples trust this server, and are known to it under the ports that they have.
  const begun = destinationOf(await new Browser(url('items')).get('/auth/login?next=/admin/'), url('items'))
  assert.equal(begun.origin, url('server'))
  const asked = await new Browser(url('server')).get(begun.pathname + begun.search)
  assert.equal(destinationOf(asked, url('server')).pathname, '/accounts/login/', 'and not to an error page')
  const token = await fetch(`${url('items')}/users/token/`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'admin@email.com', password: 'testpass123' }),
  })
  const { access_token: access } = Object(await token.json())
  const items = await fetch(`${url('items')}/items/`, { headers: { authorization: `Bearer ${access}` } })
  assert.equal(items.status, 200)

  child.kill('SIGINT')
  assert.equal(await exit, 0)
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop
    await assert.rejects(fetch(url(id)), TypeError, `${id} has ended`)
  }
})

test('a port that something else has is named before anything starts', async () => {
  const socket = createServer().listen(0, 'localhost')
  await once(socket, 'listening')
  const taken = Object(socket.address()).port as number
  const ports = new Map([...(await portsFor(ids)), ['items', taken]])
  const { exit, said } = demo(flags(ports))
  assert.equal(await exit, 1)
  assert.match(said(), new RegExp(`^Port ${taken} \\(items\\) is in use\\. .*-- --items ${taken + 1000}$`, 'm'))
  socket.close()
})

test('an argument that makes no sense is answered with the options', async () => {
  for (const args of [['--nothing'], ['--items', 'x']]) {
    const { exit, said } = demo(args)
    // oxlint-disable-next-line no-await-in-loop
    assert.equal(await exit, 2)
    assert.match(said(), /--items +PORT/)
  }
})
