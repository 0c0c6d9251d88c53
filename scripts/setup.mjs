/**
 * Makes node_modules agree with package-lock.json before `npm start` and `npm test`, and sees to it that the `node` of
 * the script that follows can run TypeScript. Plain JavaScript for Node 18 and later, without dependencies: it is what
 * runs when nothing is installed yet.
 *
 * Node itself is one of the locked packages: npm links it to node_modules/.bin/node, and npm puts that folder first on
 * the PATH of every script, even when it did not exist as npm started.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = [24, 12]
const abandonedLockMs = 15_000

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const lockFile = path.join(root, 'package-lock.json')
const modules = path.join(root, 'node_modules')
const stamp = path.join(modules, '.latchkey-lock-hash')
const nodeLink = path.join(modules, '.bin', 'node')
const turn = path.join(root, '.setup-lock')

function say(line) {
  process.stderr.write(`latchkey: ${line}\n`)
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  }
}

function hashOfLockFile() {
  return createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex')
}

/** An `npm install` by hand leaves no stamp, but npm's own record of what it installed. */
function installedByHand() {
  const record = read(path.join(modules, '.package-lock.json'))
  if (record === undefined) return false
  const installed = JSON.parse(record).packages
  return Object.entries(JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages).every(([place, wanted]) => {
    if (!place.startsWith('node_modules/')) return true
    const found = installed[place]
    if (found === undefined) return wanted.optional === true
    return wanted.link === true || (found.version === wanted.version && found.integrity === wanted.integrity)
  })
}

async function isCurrent() {
  const hash = hashOfLockFile()
  if (read(stamp) === hash) return true
  if (!installedByHand()) return false
  await linkNode()
  fs.writeFileSync(stamp, hash)
  return true
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/** One process installs, the others wait. The holder touches the file; one that nobody touches was left by a crash. */
async function takeTurn() {
  for (;;) {
    try {
      fs.writeFileSync(turn, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const held = fs.statSync(turn, { throwIfNoEntry: false })
    if (held !== undefined && Date.now() - held.mtimeMs > abandonedLockMs) fs.rmSync(turn, { force: true })
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const touching = setInterval(() => fs.utimesSync(turn, new Date(), new Date()), 1000)
  const giveBack = () => fs.rmSync(turn, { force: true })
  process.once('exit', giveBack)
  return () => {
    clearInterval(touching)
    process.removeListener('exit', giveBack)
    giveBack()
  }
}

/** npm wants a cache folder that it can write; an account without a home gets one for the moment. */
function cacheOption() {
  const wanted = process.env.npm_config_cache ?? path.join(os.homedir(), '.npm')
  try {
    fs.mkdirSync(wanted, { recursive: true })
    fs.accessSync(wanted, fs.constants.W_OK)
    return []
  } catch {
    const borrowed = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-npm-'))
    process.once('exit', () => fs.rmSync(borrowed, { recursive: true, force: true }))
    return ['--cache', borrowed]
  }
}

async function runNpmCi(withNode) {
  const { spawn } = await import('node:child_process')
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const everything = ['--include=dev', '--include=optional', ...cacheOption()]
  // npm says where it is when it runs us; by hand (`node scripts/setup.mjs`) it is the one on the PATH.
  const npm = process.env.npm_execpath
  const [command, first] = npm?.endsWith('.js') ? [withNode, [npm]] : ['npm', []]
  const env = { ...process.env, PATH: `${path.dirname(withNode)}${path.delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(command, [...first, ...options, ...everything], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      say(`npm could not be started: ${error.message}`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
  if (status === 0) return
  say('npm ci failed, see above. It needs the npm registry, or a cache that holds the packages.')
  process.exit(1)
}

async function install() {
  const reason = fs.existsSync(modules) ? 'node_modules is not what package-lock.json names' : 'first run'
  say(`${reason}: installing (npm ci), which may take a minute`)
  await runNpmCi(process.env.npm_node_execpath ?? process.execPath)
  await linkNode()
  if (lacksOptionalPackages() && fs.existsSync(nodeLink)) {
    await runNpmCi(fs.realpathSync(nodeLink))
    await linkNode()
  }
  fs.writeFileSync(stamp, hashOfLockFile())
}

/** npm leaves out an optional package (the linter's binary) whose `engines` the running Node is too old for. */
function lacksOptionalPackages() {
  const fits = (list, mine) => list === undefined || [list].flat().includes(mine)
  return Object.entries(JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages).some(
    ([place, { optional, os: system, cpu, libc }]) =>
      optional === true &&
      fits(system, process.platform) &&
      fits(cpu, process.arch) &&
      fits(libc, 'glibc') &&
      !fs.existsSync(path.join(root, place)),
  )
}

/**
 * npm links the `node` of the package, but old npm (9.2, Debian 12's) forgets to. The package is built for glibc: where
 * it cannot run (musl), the link goes and the machine's own node must do.
 */
async function linkNode() {
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
  const packaged = names.map((name) => path.join(modules, name, 'bin', 'node')).find((file) => fs.existsSync(file))
  if (packaged === undefined) return
  const { spawnSync } = await import('node:child_process')
  const answer = spawnSync(packaged, ['--version'], { encoding: 'utf8' })
  const usable = answer.status === 0 && isNewEnough(answer.stdout)
  if (usable && fs.existsSync(nodeLink) && fs.realpathSync(nodeLink) === packaged) return
  fs.rmSync(nodeLink, { force: true })
  if (!usable) return
  fs.mkdirSync(path.dirname(nodeLink), { recursive: true })
  fs.symlinkSync(path.relative(path.dirname(nodeLink), packaged), nodeLink)
}

function requireUsableNode() {
  if (fs.existsSync(nodeLink) || isNewEnough(process.versions.node)) return
  say(
    `Node ${oldestNode.join('.')} or later is needed, and npm has no package of it for ${process.platform} ` +
      `${process.arch}. This is Node ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`,
  )
  process.exit(1)
}

if (!(await isCurrent())) {
  const giveBack = await takeTurn()
  if (!(await isCurrent())) await install()
  giveBack()
}
requireUsableNode()
