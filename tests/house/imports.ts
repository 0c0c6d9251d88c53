/** Finds what a file imports and exports from elsewhere. */
import type { SourceFile } from './tree.ts'
import { type Token, withoutComments } from './tokens.ts'

export interface Import {
  readonly specifier: string
  readonly line: number
  readonly typeOnly: boolean
  /** Names that are imported as values, as the other file calls them; `*` for all of it. */
  readonly names: readonly string[]
}

const cache = new WeakMap<SourceFile, readonly Import[]>()

export function importsOf(file: SourceFile): readonly Import[] {
  const known = cache.get(file)
  if (known !== undefined) return known
  const tokens = withoutComments(file.tokens)
  const found = tokens.flatMap((token, at) => {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return []
    if (token.text === 'import' && tokens[at + 1]?.text === '(') return [dynamicImport(tokens, at)]
    // `import.meta.resolve('x')`: a package of which files are read.
    if (token.text === 'import' && tokens[at + 4]?.text === 'resolve') return [dynamicImport(tokens, at + 4)]
    if (token.text === 'import' || token.text === 'export') return [statement(tokens, at)]
    return []
  })
  const imports = found.filter((one) => one !== undefined)
  cache.set(file, imports)
  return imports
}

function dynamicImport(tokens: readonly Token[], at: number): Import | undefined {
  const target = tokens[at + 2]
  if (target?.kind !== 'string') return undefined
  return { specifier: target.text.slice(1, -1), line: target.line, typeOnly: false, names: ['*'] }
}

/** `import … from 'x'`, `import 'x'`, `export { … } from 'x'`, `export * from 'x'`. */
function statement(tokens: readonly Token[], start: number): Import | undefined {
  let at = start + 1
  const typeOnly = tokens[at]?.text === 'type' && tokens[at + 1]?.text !== 'from'
  if (typeOnly) at++
  const names: string[] = []
  for (; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined) return undefined
    if (token.kind === 'string')
      return { specifier: token.text.slice(1, -1), line: token.line, typeOnly, names: typeOnly ? [] : names }
    if (token.text === 'from' && tokens[at + 1]?.kind === 'string') continue
    if (token.text === '*') names.push('*')
    else if (token.text === '{') {
      at = namesIn(tokens, at + 1, names)
      if (tokens[at + 1]?.text !== 'from') return undefined
    } else if (token.kind === 'word' && /^(as|[A-Za-z_$][\w$]*)$/.test(token.text)) {
      if (/^(const|let|var|function|async|class|abstract|interface|enum|default|declare)$/.test(token.text))
        return undefined
      if (tokens[at - 1]?.text !== 'as' && token.text !== 'as') names.push('default')
    } else if (token.text !== ',') return undefined
  }
  return undefined
}

/** Reads `a, type B, c as d }`. @returns where the closing brace is */
function namesIn(tokens: readonly Token[], start: number, names: string[]): number {
  let at = start
  let isFirst = true
  let isType = false
  for (; at < tokens.length && tokens[at]?.text !== '}'; at++) {
    const text = tokens[at]?.text ?? ''
    if (text === ',') {
      isFirst = true
      isType = false
    } else if (isFirst && text === 'type' && !/^[,}]$/.test(tokens[at + 1]?.text ?? '')) isType = true
    else if (isFirst) {
      if (!isType) names.push(text)
      isFirst = false
    }
  }
  return at
}
