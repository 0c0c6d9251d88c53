/** The files that the house tests look at, and the problems that they find. Checks take a tree as a value, so each is tried on a small one. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { lex, type Token } from './tokens.ts'

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Empty unless it is TypeScript or JavaScript. */
  readonly tokens: readonly Token[]
}

export interface Problem {
  readonly path: string
  readonly line: number
  /** What is wrong, and which rule says so. */
  readonly rule: string
  readonly mend: string
}

export type Check = (tree: readonly SourceFile[]) => readonly Problem[]

const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'coverage', '.latchkey'])
const readable = /\.(ts|mjs|js|json|md|ya?ml|css|html|svg|txt|sh|http|toml)$|(^|\/)(LICENSE|run|\.[a-z-]+)$/
const code = /\.(ts|mjs|js)$/

export function sourceFile(name: string, text: string): SourceFile {
  return { path: name, text, tokens: code.test(name) ? lex(text) : [] }
}

/** @returns the files below `root` that are text and written by people, by path */
export function readTree(root: string): readonly SourceFile[] {
  const found: SourceFile[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name)
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) visit(name)
      if (entry.isFile() && readable.test(name))
        found.push(sourceFile(name, readFileSync(path.join(root, name), 'utf8')))
    }
  }
  visit('')
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** A small tree for trying a check: path → text. */
export function treeOf(files: Readonly<Record<string, string>>): readonly SourceFile[] {
  return Object.entries(files).map(([name, text]) => sourceFile(name, text))
}

export function isTest(name: string): boolean {
  return name.endsWith('.test.ts') || name.startsWith('tests/')
}

/** Code that ships: sources of the packages, without their tests. */
export function isShipped(name: string): boolean {
  return /^packages\/[^/]+\/(src|bin)\//.test(name) && code.test(name) && !isTest(name)
}

export function isCode(name: string): boolean {
  return code.test(name)
}

/** What a failing house test prints. */
export function report(problems: readonly Problem[]): string {
  return problems.map(({ path: file, line, rule, mend }) => `\n${file}:${line}\n  ${rule}\n  Mend: ${mend}`).join('\n')
}
