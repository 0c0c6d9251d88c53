// Which Chromium the tests drive: the one that CHROMIUM_PATH names, the one that npm brings, or where npm has none the system's. That of
// npm is a headless shell, which takes a fifth of the processor time of a whole browser, and is the same everywhere. It is
// unpacked once into node_modules/.cache with the libraries and the fonts that it needs, so that a bare machine has all of it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

interface Executable {
  readonly path: string
  readonly env?: Readonly<Record<string, string>>
}

const isInNpm: boolean = process.platform === 'linux' && process.arch === 'x64'
const modules = join(import.meta.dirname, '..', '..', 'node_modules')

const systemNames: readonly string[] = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const systemFolders: readonly string[] = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin']
const systemApplications: readonly string[] = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Nothing that a browser does by itself may reach the network: the tests work, and count requests, without one. */
const quiet: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** Steady pictures and text on machines without a graphics card. */
const steady: readonly string[] = ['--disable-gpu', '--disable-lcd-text', '--font-render-hinting=none']

/** One browser; a test file starts one, and closes it. */
export async function launchChromium(): Promise<Browser> {
  const { path, env } = await findChromium()
  return chromium.launch({
    executablePath: path,
    args: [...quiet, ...steady],
    // The sandbox needs a user namespace, which neither root nor most containers have; only our own pages are opened.
    chromiumSandbox: false,
    ...(env === undefined ? {} : { env: { ...definedEnvironment(), ...env } }),
  })
}

async function findChromium(): Promise<Executable> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '' && named !== 'npm') {
    if (existsSync(named)) return { path: named }
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`)
  }
  if (named === 'npm' || isInNpm) return unpackedChromium()
  const candidates = [
    ...systemNames.flatMap((name) => systemFolders.map((folder) => join(folder, name))),
    ...systemApplications,
  ]
  const path = candidates.find((candidate) => existsSync(candidate))
  return path === undefined ? unpackedChromium() : { path }
}

/** The Chromium of the npm package @sparticuz/chromium, a headless shell for Linux on x64. */
async function unpackedChromium(): Promise<Executable> {
  if (!isInNpm) {
    throw new Error(
      `npm brings no Chromium for ${process.platform} on ${process.arch}. Install Chromium or Google Chrome, or set CHROMIUM_PATH to one.`,
    )
  }
  const { version } = JSON.parse(
    await readFile(join(modules, '@sparticuz', 'chromium', 'package.json'), 'utf8').catch(notInstalled),
  ) as { version: string }
  const folder = join(modules, '.cache', `chromium-${version}`)
  if (!existsSync(folder)) await unpack(folder)
  return {
    path: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

function notInstalled(cause: unknown): never {
  throw new Error('There is no Chromium: run `npm ci`, install Chromium, or set CHROMIUM_PATH to one.', { cause })
}

/** Into a folder of this process first: of several test files that start together, one wins and the others use its work. */
async function unpack(folder: string): Promise<void> {
  const own = `${folder}.${process.pid}`
  await mkdir(own, { recursive: true })
  // The package unpacks into the folder for temporary files, and its libraries only where it takes itself for a Lambda.
  const env = { ...definedEnvironment(), TMPDIR: own, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  const program = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: modules, env })
  await writeFile(
    join(own, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts', 'fonts')}</dir><cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>
`,
  )
  try {
    await rename(own, folder)
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

function definedEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
