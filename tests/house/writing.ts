/** How code is written: what a reader should not have to meet. */
import { type Token, withoutComments } from './tokens.ts'
import { isCode, isTest, type Problem, type SourceFile } from './tree.ts'

type Finder = (tokens: readonly Token[], at: number) => boolean

function find(tree: readonly SourceFile[], wanted: Finder, rule: string, mend: string): readonly Problem[] {
  return tree.flatMap(({ path, tokens: all }) => {
    const tokens = withoutComments(all)
    return tokens.flatMap(({ line }, at) => (wanted(tokens, at) ? [{ path, line, rule, mend }] : []))
  })
}

function text(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? ''
}

function isWord(tokens: readonly Token[], at: number, word: string): boolean {
  return tokens[at]?.kind === 'word' && tokens[at]?.text === word && !/^\??\.$/.test(text(tokens, at - 1))
}

export function checkAny(tree: readonly SourceFile[]): readonly Problem[] {
  const isAny: Finder = (tokens, at) => isWord(tokens, at, 'any') && !/^(\?|:|\(|=)$/.test(text(tokens, at + 1))
  const isAnyDefault: Finder = (tokens, at) =>
    isWord(tokens, at, 'any') && text(tokens, at + 1) === '=' && /^[:<|]$/.test(text(tokens, at - 1))
  const mend = 'take unknown and parse it into a type.'
  return find(
    tree,
    (tokens, at) => isAny(tokens, at) || isAnyDefault(tokens, at),
    'any switches the compiler off',
    mend,
  )
}

export function checkDefaultExports(tree: readonly SourceFile[]): readonly Problem[] {
  return find(
    tree,
    (tokens, at) => isWord(tokens, at, 'export') && /^(default|=)$/.test(text(tokens, at + 1)),
    'a default export has no name of its own',
    'export it by name.',
  )
}

export function checkEmptyCatch(tree: readonly SourceFile[]): readonly Problem[] {
  const mend = 'answer the error, or say in a comment inside the braces why it may be ignored.'
  return tree.flatMap(({ path, tokens }) =>
    tokens.flatMap(({ kind, text: word, line }, at) => {
      if (kind !== 'word' || word !== 'catch' || /^\??\.$/.test(text(tokens, at - 1))) return []
      const brace = tokens.findIndex((token, place) => place > at && token.text === '{')
      if (tokens[brace + 1]?.text !== '}') return []
      return [{ path, line, rule: 'an empty catch hides what went wrong', mend }]
    }),
  )
}

/** A test that does not run proves nothing, and one that runs alone hides the others. */
export function checkSkippedTests(tree: readonly SourceFile[]): readonly Problem[] {
  const switches = /^(skip|todo|only)$/
  return find(
    tree.filter(({ path }) => isTest(path)),
    (tokens, at) =>
      switches.test(text(tokens, at)) &&
      tokens[at]?.kind === 'word' &&
      ((text(tokens, at - 1) === '.' && text(tokens, at + 1) === '(') ||
        (text(tokens, at + 1) === ':' && text(tokens, at + 2) === 'true')),
    'a test is skipped, promised or run alone',
    'let it run, or delete it.',
  )
}

export function checkReminders(tree: readonly SourceFile[]): readonly Problem[] {
  return lines(
    tree,
    /\b(TODO|FIXME|XXX|HACK)\b/,
    'a reminder in the code is read by nobody',
    'do it now, or file an issue.',
  )
}

export function checkMachinePaths(tree: readonly SourceFile[]): readonly Problem[] {
  const folder = /(?<![\w.$}*)\]~-])\/(root|home|Users)\/[\w.$-]/
  return lines(tree, folder, 'a path of one machine', 'make it relative to the project, or take it from a setting.')
}

export function checkRegistryHosts(tree: readonly SourceFile[]): readonly Problem[] {
  const host =
    /registry\.(npmjs|yarnpkg)\.\w+|npm\.pkg\.github\.com|"resolved":\s*"(https?|git)[^"]*"|^\s*(@[\w-]+:)?registry\s*=/
  return lines(
    tree,
    host,
    'the host of a package registry',
    'leave the registry to the machine; .npmrc keeps hosts out of the lock file.',
  )
}

function lines(tree: readonly SourceFile[], pattern: RegExp, rule: string, mend: string): readonly Problem[] {
  return tree.flatMap(({ path, text: whole }) =>
    whole.split('\n').flatMap((one, at) => (pattern.test(one) ? [{ path, line: at + 1, rule, mend }] : [])),
  )
}

export function checkNames(tree: readonly SourceFile[]): readonly Problem[] {
  const drawer = /^(.+-)?(utils?|helpers?|managers?|misc|common)$|^data$/
  return tree.flatMap(({ path }) => {
    const bad = path.split('/').find((part) => drawer.test(part.replace(/\..*$/, '')))
    if (bad === undefined) return []
    return [
      {
        path,
        line: 1,
        rule: `${bad} says nothing about what is inside`,
        mend: 'put each thing with the noun that it serves.',
      },
    ]
  })
}

/** Every file of code opens with what it decides; of a store and of migrations the door tells it. */
export function checkOpenings(tree: readonly SourceFile[]): readonly Problem[] {
  return tree
    .filter(
      ({ path, tokens }) =>
        isCode(path) &&
        !isTest(path) &&
        !/\/(store|migrations)\.ts$/.test(path) &&
        tokens[0]?.text.startsWith('#!') !== true &&
        tokens[0]?.kind !== 'comment',
    )
    .map(({ path }) => ({
      path,
      line: 1,
      rule: 'the file does not say what it decides',
      mend: 'open it with a short comment: what it decides, and which specification says so.',
    }))
}
