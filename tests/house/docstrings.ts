/** What others install carries its manual: every exported symbol of a published package has a doc comment. */
import { isShipped, type Problem, type SourceFile } from './tree.ts'
import type { Token } from './tokens.ts'

const modifiers = /^(declare|abstract|async)$/
const declarations = /^(function|const|let|class|interface|type|enum)$/

interface Exported {
  readonly name: string
  readonly line: number
  readonly documented: boolean
}

export function exportsOf(tokens: readonly Token[]): readonly Exported[] {
  let depth = 0
  const found: Exported[] = []
  tokens.forEach((token, at) => {
    if (token.kind === 'mark') depth += /^[{([]$/.test(token.text) ? 1 : /^[})\]]$/.test(token.text) ? -1 : 0
    if (depth !== 0 || token.kind !== 'word' || token.text !== 'export') return
    let kind = at + 1
    while (modifiers.test(tokens[kind]?.text ?? '')) kind++
    if (!declarations.test(tokens[kind]?.text ?? '')) return
    const name = tokens.slice(kind + 1).find(({ kind: one }) => one === 'word')?.text ?? ''
    const before = tokens[at - 1]
    const documented = before?.kind === 'comment' && before.text.startsWith('/**') && /\w/.test(before.text)
    found.push({ name, line: token.line, documented })
  })
  return found
}

/** @param packages folders of packages/ that others install */
export function checkDocstrings(tree: readonly SourceFile[], packages: readonly string[]): readonly Problem[] {
  const sources = packages.map((name) => `packages/${name}/src/`)
  return tree
    .filter(({ path }) => isShipped(path) && sources.some((source) => path.startsWith(source)))
    .flatMap(({ path, tokens }) => {
      // Of an overloaded function one comment is enough.
      const described = new Set(
        exportsOf(tokens)
          .filter(({ documented }) => documented)
          .map(({ name }) => name),
      )
      return exportsOf(tokens)
        .filter(({ name }) => !described.has(name))
        .map(({ name, line }) => ({
          path,
          line,
          rule: `${name} is exported and has no doc comment`,
          mend: 'say in one sentence what it is; then @param with shape and unit, @returns, @throws, @see, @example.',
        }))
    })
}
