// Runs a command of curl as an article prints it, by a shell, with the article's address led to where the server really is. By
// the machine's own curl; a machine that has none gets a program of that name which knows the options that the articles use.
import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

export interface PrintedCommands {
  /** What the command writes: the head of the answer, an empty line, the body. */
  run(command: string): Promise<{ readonly head: string; readonly body: string }>
  close(): Promise<void>
}

/**
 * @param printed host and port as the article has them
 * @param real host and port of the server
 */
export async function printedCommands(
  printed: string,
  real: string,
  withStandIn: boolean = !hasCurl(),
): Promise<PrintedCommands> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-curl-'))
  await writeFile(join(folder, '.curlrc'), `connect-to = "${printed}:${real}"\nsilent\ninclude\n`)
  if (withStandIn) await writeStandIn(folder, printed, real)
  const path = `${withStandIn ? `${folder}${delimiter}` : ''}${process.env['PATH'] ?? ''}`
  const env = { ...process.env, PATH: path, CURL_HOME: folder, HOME: folder }
  return {
    async run(command) {
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { env })
      const at = stdout.indexOf('\r\n\r\n')
      return { head: stdout.slice(0, at), body: stdout.slice(at + 4) }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (Object(error)['code'] === 'ENOENT') return false
    throw error
  }
}

const standIn = `
const { parseArgs } = await import('node:util')
const { request } = await import('node:http')
const [printed, real, ...args] = process.argv.slice(2)
const options = { header: { type: 'string', short: 'H', multiple: true }, data: { type: 'string', short: 'd' }, request: { type: 'string', short: 'X' } }
const { values, positionals: [address] } = parseArgs({ args, options, allowPositionals: true })
const url = new URL(address.includes('://') ? address : 'http://' + address)
const [host, port] = (url.host === printed ? real : url.host).split(':')
const headers = Object.fromEntries([
  ['host', url.host],
  ...(values.data === undefined ? [] : [['content-type', 'application/x-www-form-urlencoded'], ['content-length', Buffer.byteLength(values.data)]]),
  ...(values.header ?? []).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
])
const method = values.request ?? (values.data === undefined ? 'GET' : 'POST')
const sent = request({ host, port, path: url.pathname + url.search, method, headers }, (answer) => {
  const lines = []
  for (let at = 0; at < answer.rawHeaders.length; at += 2) lines.push(answer.rawHeaders[at] + ': ' + answer.rawHeaders[at + 1])
  process.stdout.write(['HTTP/1.1 ' + answer.statusCode + ' ' + answer.statusMessage, ...lines, '', ''].join('\\r\\n'))
  answer.pipe(process.stdout)
})
sent.end(values.data)
`

async function writeStandIn(folder: string, printed: string, real: string): Promise<void> {
  const program = join(folder, 'curl.mjs')
  await writeFile(program, standIn)
  await writeFile(
    join(folder, 'curl'),
    `#!/bin/sh\nexec "${process.execPath}" "${program}" "${printed}" "${real}" "$@"\n`,
  )
  await chmod(join(folder, 'curl'), 0o755)
}
