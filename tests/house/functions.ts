/** Finds the functions of a file and how many lines each takes. */
import { lastLine, type Token, withoutComments } from './tokens.ts'

export interface FunctionSpan {
  readonly name: string
  readonly line: number
  readonly lines: number
}

const notMethods: ReadonlySet<string> = new Set(
  'if for while switch catch with function await return super import new'.split(' '),
)
const opening: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }
/** After these a type goes on, so that a `{` opens an object type and no body. */
const typeGoesOn: ReadonlySet<string> = new Set(
  '| & => , ? : . = is keyof typeof readonly infer extends asserts unique new'.split(' '),
)
/** A line that begins or ends with one of these goes on with the expression. */
const expressionGoesOn =
  /^(\.|\?\.|\?|:|\?\?|&&|\|\||[+\-*/%<>=&|,(]|=>|[=!]==?|[<>]=|as|satisfies|in|of|instanceof|await|new|typeof|void)$/

export function functionsOf(file: readonly Token[]): readonly FunctionSpan[] {
  const tokens = withoutComments(file)
  return tokens.flatMap((token, at) => {
    const end = bodyEnd(tokens, at)
    if (end === undefined) return []
    const last = tokens[end]
    return last === undefined
      ? []
      : [{ name: nameOf(tokens, at), line: token.line, lines: lastLine(last) - token.line + 1 }]
  })
}

/** If a function begins at `at` (`function`, the name of a method, or `=>`): where its body ends. */
function bodyEnd(tokens: readonly Token[], at: number): number | undefined {
  const token = tokens[at]
  const after = tokens[at + 1]?.text
  if (token?.text === '=>') return after === '{' ? closing(tokens, at + 1) : expressionEnd(tokens, at + 1)
  if (token?.kind !== 'word' || tokens[at - 1]?.text === '.') return undefined
  if (token.text === 'function')
    return closingOfBody(
      tokens,
      tokens.findIndex((one, place) => place > at && one.text === '('),
    )
  if (notMethods.has(token.text) || tokens[at - 1]?.text === 'function' || tokens[at - 1]?.text === '*')
    return undefined
  if (after === '(') return closingOfBody(tokens, at + 1)
  if (after === '<') {
    const open = closing(tokens, at + 1)
    return open !== undefined && tokens[open + 1]?.text === '(' ? closingOfBody(tokens, open + 1) : undefined
  }
  return undefined
}

/** From the `(` of parameters to the end of the body, if one follows (a call or a signature has none). */
function closingOfBody(tokens: readonly Token[], parameters: number): number | undefined {
  const end = closing(tokens, parameters)
  if (end === undefined) return undefined
  if (tokens[end + 1]?.text === '{') return closing(tokens, end + 1)
  if (tokens[end + 1]?.text !== ':') return undefined
  const body = behindType(tokens, end + 2)
  return body === undefined ? undefined : closing(tokens, body)
}

/** Where the `{` of the body is behind a return type, or nothing where there is no body. */
function behindType(tokens: readonly Token[], start: number): number | undefined {
  let wantsMore = true
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined) return undefined
    if (typeGoesOn.has(token.text)) wantsMore = true
    else if (token.text === '{' && !wantsMore) return at
    else if (opening[token.text] !== undefined) {
      const end = closing(tokens, at)
      if (end === undefined) return undefined
      at = end
      wantsMore = false
    } else if (token.kind === 'mark' || (token.kind === 'word' && !wantsMore)) return undefined
    else wantsMore = false
  }
  return undefined
}

/** Where the bracket that opens at `open` closes. */
function closing(tokens: readonly Token[], open: number): number | undefined {
  const angle = tokens[open]?.text === '<'
  let depth = 0
  for (let at = Math.max(open, 0); at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? { kind: 'mark', text: '' }
    if (kind !== 'mark') continue
    if (opening[text] !== undefined && (text !== '<' || angle)) depth++
    else if (/^[)\]}]$/.test(text) || (angle && text === '>')) depth--
    if (depth === 0) return at
  }
  return undefined
}

/** Where the expression behind `=>` ends: there are no semicolons, so by brackets and by how lines begin and end. */
function expressionEnd(tokens: readonly Token[], start: number): number {
  let end = start
  for (let at = start; at < tokens.length; at++) {
    const { kind, text, line } = tokens[at] ?? { kind: 'mark', text: ')', line: 0 }
    const before = tokens[at - 1]
    if (/^[)\]},;]$/.test(text) && kind === 'mark') return end
    const newLine = at > start && before !== undefined && line > lastLine(before)
    if (newLine && !expressionGoesOn.test(text) && !expressionGoesOn.test(before.text)) return end
    const isTemplate = kind === 'template' && text.endsWith('${')
    const close = isTemplate ? templateEnd(tokens, at) : /^[([{]$/.test(text) ? closing(tokens, at) : at
    if (close === undefined) return tokens.length - 1
    at = close
    end = close
  }
  return end
}

function templateEnd(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? { kind: 'mark', text: '' }
    if (kind !== 'template') continue
    if (text.endsWith('${') && !text.startsWith('}')) depth++
    if (text.startsWith('}') && !text.endsWith('${')) depth--
    if (depth === 0) return at
  }
  return tokens.length - 1
}

function nameOf(tokens: readonly Token[], at: number): string {
  const token = tokens[at]
  if (token?.text === 'function') return tokens[tokens[at + 1]?.text === '*' ? at + 2 : at + 1]?.text ?? ''
  if (token?.text !== '=>') return token?.text ?? ''
  const line = token.line
  const assigned = tokens.findLastIndex((one, place) => place < at && one.line >= line - 1 && one.text === '=')
  return assigned < 0 ? 'an arrow function' : `the arrow function near ${tokens[assigned - 1]?.text ?? ''}`
}
