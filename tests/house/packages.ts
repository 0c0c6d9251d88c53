/** Packages: what each may depend on, and that every import is declared. */
import path from 'node:path'
import { importsOf } from './imports.ts'
import { isCode, isShipped, isTest, type Problem, type SourceFile } from './tree.ts'

/** Which of our own packages a package may use. */
const below: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  'authorization-server': ['@latchkey/protocol'],
  'resource-server': ['@latchkey/protocol'],
  client: ['@latchkey/protocol'],
}

function packageOf(file: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(file)?.[1]
}

/** `@scope/name/sub` and `name/sub` → the name that package.json lists. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

export function checkPackages(tree: readonly SourceFile[]): readonly Problem[] {
  return tree
    .filter(({ path: file }) => isCode(file))
    .flatMap((file) => {
      const own = packageOf(file.path)
      if (own === undefined) return []
      return importsOf(file).flatMap(({ specifier, line }) => {
        const at = { path: file.path, line }
        if (specifier.startsWith('.')) {
          const target = path.posix.join(path.posix.dirname(file.path), specifier)
          if (packageOf(target) === own || isTest(file.path)) return []
          return [{ ...at, rule: `${specifier} leaves the package`, mend: 'import the other package by its name.' }]
        }
        const name = packageName(specifier)
        if (!/^(latchkey|@latchkey\/.+)$/.test(name) || below[own]?.includes(name) === true || isTest(file.path))
          return []
        return [
          { ...at, rule: `packages/${own} may not use ${name}`, mend: 'see the table of packages in ARCHITECTURE.md.' },
        ]
      })
    })
}

/** The words on the wire run anywhere, so the protocol package uses nothing that only Node has, and no package. */
export function checkProtocol(tree: readonly SourceFile[]): readonly Problem[] {
  return tree
    .filter(({ path: file }) => file.startsWith('packages/protocol/') && isShipped(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .map(({ specifier, line }) => ({
          path: file.path,
          line,
          rule: `@latchkey/protocol imports ${specifier}: it depends on nothing`,
          mend: 'take the value as an argument, or use what every runtime has (Web Crypto, URL, TextEncoder).',
        })),
    )
}

export function checkDeclared(tree: readonly SourceFile[]): readonly Problem[] {
  const declared = new Map<string, ReadonlySet<string>>()
  for (const { path: file, text } of tree) {
    const own = /^packages\/([^/]+)\/package\.json$/.exec(file)?.[1]
    if (own === undefined) continue
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(text)
    declared.set(own, new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]))
  }
  return tree
    .filter(({ path: file }) => isShipped(file))
    .flatMap((file) => {
      const own = packageOf(file.path) ?? ''
      return importsOf(file)
        .filter(
          ({ specifier }) => !/^(\.|node:)/.test(specifier) && declared.get(own)?.has(packageName(specifier)) !== true,
        )
        .map(({ specifier, line }) => ({
          path: file.path,
          line,
          rule: `packages/${own} imports ${specifier} and does not declare it`,
          mend: `add ${packageName(specifier)} to the dependencies in packages/${own}/package.json, or do without it.`,
        }))
    })
}

/** What a package declares, somebody uses. */
export function checkUnusedDependencies(tree: readonly SourceFile[]): readonly Problem[] {
  return tree.flatMap(({ path: file, text }) => {
    const own = /^packages\/([^/]+)\/package\.json$/.exec(file)?.[1]
    if (own === undefined) return []
    const used = new Set(
      tree
        .filter((one) => packageOf(one.path) === own && isShipped(one.path))
        .flatMap((one) => importsOf(one).map(({ specifier }) => packageName(specifier))),
    )
    return Object.keys(JSON.parse(text).dependencies ?? {})
      .filter((name) => !used.has(name))
      .map((name) => ({
        path: file,
        line: 1,
        rule: `nothing in packages/${own} imports ${name}`,
        mend: 'remove it from dependencies.',
      }))
  })
}
