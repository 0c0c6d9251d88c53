/**
 * Splits TypeScript into tokens: enough to tell code from strings, templates, comments and regular expressions, and to
 * match brackets. The compiler has no programming interface for this, and the checks need no more.
 */
export type TokenKind = 'word' | 'number' | 'string' | 'template' | 'regexp' | 'comment' | 'mark'

export interface Token {
  readonly kind: TokenKind
  /** As written. A template is one token for each stretch of text between its `${…}`, and code tokens for those. */
  readonly text: string
  readonly line: number
}

const marks: readonly string[] = ['...', '=>', '?.', '??', '&&', '||', '===', '!==', '==', '!=', '<=', '>=']
const wordStart = /[\p{L}_$#@]/u
const wordPart = /[\p{L}\p{N}_$]/u
/** After these words a slash begins a regular expression. */
const beforeValue: ReadonlySet<string> = new Set(
  'return typeof case in of delete void throw new else do instanceof await yield'.split(' '),
)

/** Where a token that begins at `at` ends, for the kinds that can be told by looking ahead only. */
function endOf(kind: 'string' | 'regexp' | 'word' | 'number', text: string, at: number): number {
  let end = at + 1
  if (kind === 'word' || kind === 'number') {
    const part = kind === 'word' ? wordPart : /[\w.]/
    while (end < text.length && part.test(text[end] ?? '')) end++
    return end
  }
  let inClass = false
  for (; end < text.length; end++) {
    const character = text[end]
    if (character === '\\') end++
    else if (character === '\n') return end
    else if (kind === 'regexp' && character === '[') inClass = true
    else if (kind === 'regexp' && character === ']') inClass = false
    else if (character === (kind === 'string' ? text[at] : '/') && !inClass) break
  }
  end++
  while (kind === 'regexp' && /[a-z]/.test(text[end] ?? '')) end++
  return end
}

/** Where a stretch of template text that begins at `at` ends: behind its backtick or its `${`. */
function endOfTemplate(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === '`') return end + 1
    else if (text[end] === '$' && text[end + 1] === '{') return end + 2
  }
  return text.length
}

function endOfComment(text: string, at: number): number {
  const end = text[at + 1] === '*' ? text.indexOf('*/', at + 2) + 2 : text.indexOf('\n', at)
  return end < at + 2 ? text.length : end
}

function startsRegexp(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'word') return beforeValue.has(before.text)
  return before.kind === 'mark' && before.text !== ')' && before.text !== ']'
}

/** Which token begins at `at`, and where it ends. `closesTemplate`: a `}` here goes on with a template. */
function next(text: string, at: number, before: Token | undefined, closesTemplate: boolean): [TokenKind, number] {
  const character = text[at] ?? ''
  if (character === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) return ['comment', endOfComment(text, at)]
  if (at === 0 && text.startsWith('#!')) return ['comment', text.indexOf('\n')]
  if (character === "'" || character === '"') return ['string', endOf('string', text, at)]
  if (character === '`' || (character === '}' && closesTemplate)) return ['template', endOfTemplate(text, at)]
  if (wordStart.test(character)) return ['word', endOf('word', text, at)]
  if (/\d/.test(character)) return ['number', endOf('number', text, at)]
  if (character === '/' && startsRegexp(before)) return ['regexp', endOf('regexp', text, at)]
  return ['mark', at + (marks.find((mark) => text.startsWith(mark, at))?.length ?? 1)]
}

export function lex(text: string): readonly Token[] {
  const tokens: Token[] = []
  /** Of each `${` that is open: how many `{` are open inside it. */
  const templates: number[] = []
  let before: Token | undefined
  let line = 1
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] ?? '')) {
      if (text[at] === '\n') line++
      at++
      continue
    }
    const depth = templates.at(-1)
    const [kind, end] = next(text, at, before, depth === 0)
    const token: Token = { kind, text: text.slice(at, end), line }
    tokens.push(token)
    if (kind === 'template') {
      if (token.text.startsWith('}')) templates.pop()
      if (token.text.endsWith('${')) templates.push(0)
    } else if (depth !== undefined && token.text === '{') templates[templates.length - 1] = depth + 1
    else if (depth !== undefined && token.text === '}') templates[templates.length - 1] = depth - 1
    if (kind !== 'comment') before = token
    line += token.text.split('\n').length - 1
    at = end
  }
  return tokens
}

/** The line on which a token ends: templates and comments may be long. */
export function lastLine(token: Token): number {
  return token.line + token.text.split('\n').length - 1
}

export function withoutComments(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ kind }) => kind !== 'comment')
}
