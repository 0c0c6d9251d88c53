// Reads a Dockerfile into its stages, and lays out on this machine what an image of it holds: what it copies and nothing else.
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface Instruction {
  readonly word: string
  readonly rest: string
}

export interface Stage {
  readonly name: string
  /** An image, or the name of a stage before. */
  readonly from: string
  readonly instructions: readonly Instruction[]
}

export const root: string = join(import.meta.dirname, '..', '..')

export function readDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    if (word === '') throw new Error(`No instruction: ${line}`)
    if (word === 'ARG' && stages.length === 0) continue
    if (word === 'FROM') {
      const [, from = '', name = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? []
      stages.push({ name, from, instructions: [] })
      continue
    }
    stages.at(-1)?.instructions.push({ word, rest })
  }
  return stages
}

/** Its instructions after those of the stages that it stands on. */
export function instructionsOf(stages: readonly Stage[], name: string): readonly Instruction[] {
  const stage = stages.find((one) => one.name === name)
  if (stage === undefined) return []
  return [...instructionsOf(stages, stage.from), ...stage.instructions]
}

export function valuesOf(instructions: readonly Instruction[], word: string): readonly string[] {
  return instructions.filter((one) => one.word === word).map(({ rest }) => rest)
}

/** What ENV sets. */
export function environmentOf(instructions: readonly Instruction[]): Readonly<Record<string, string>> {
  const pairs = valuesOf(instructions, 'ENV').flatMap((rest) => rest.split(' '))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** What .dockerignore lets into the build, as paths from the root. */
export function isInContext(path: string, ignore: string): boolean {
  const lines = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.reduce((isIn, line) => {
    const pattern = line.replace(/^!/, '')
    const isMatch = matches(path, pattern)
    return isMatch ? line.startsWith('!') : isIn
  }, true)
}

/** A pattern names a file or a folder with all that is in it; two stars before it stand for any folders. */
function matches(path: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/^\*\*\//, '')
    .replaceAll(/[.+]/g, '\\$&')
    .replaceAll('*', '[^/]*')
  return new RegExp(`${pattern.startsWith('**/') ? '(^|/)' : '^'}${escaped}(/|$)`).test(path)
}

/** Lays the files of an image into a folder that stands for /app, with the packages that it installs beside them. */
export function layOut(instructions: readonly Instruction[], app: string): void {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8')
  for (const rest of valuesOf(instructions, 'COPY')) {
    const words = rest.split(' ')
    const target = words.at(-1) ?? ''
    for (const source of words.slice(0, -1)) {
      const to = target === './' ? join(app, source) : join(app, target)
      mkdirSync(dirname(to), { recursive: true })
      const filter = (name: string): boolean => {
        const path = relative(root, name)
        // A folder may be left out itself and still hold what is let in again.
        return isInContext(path, ignore) || path === '' || path === 'deploy'
      }
      cpSync(join(root, source), to, { recursive: true, filter })
    }
  }
  const [workspace = ''] = valuesOf(instructions, 'RUN').flatMap((run) => /--workspace=(\S+)/.exec(run)?.[1] ?? [])
  linkPackages(workspace, app)
}

/** As `npm ci --omit=dev --workspace` would: what the workspace depends on, and our own packages as links. */
function linkPackages(workspace: string, app: string): void {
  const folders = globSync(['packages/*', 'examples/*'], { cwd: root })
  const own = new Map(folders.map((folder) => [String(manifestOf(join(root, folder)).name), folder]))
  const wanted = [workspace]
  for (const name of wanted) {
    const folder = own.get(name)
    const from = folder === undefined ? join(root, 'node_modules', name) : join(app, folder)
    const to = join(app, 'node_modules', name)
    if (existsSync(to)) continue
    mkdirSync(dirname(to), { recursive: true })
    symlinkSync(from, to)
    if (folder !== undefined) wanted.push(...Object.keys(manifestOf(join(root, folder)).dependencies ?? {}))
  }
}

function manifestOf(folder: string): {
  readonly name?: string
  readonly dependencies?: Readonly<Record<string, string>>
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as ReturnType<typeof manifestOf>
}
