/** Kinds of file: what the name of a file in a room promises, and what it may therefore not do. */
import { importsOf, type Import } from './imports.ts'
import { type Token, withoutComments } from './tokens.ts'
import { isShipped, isTest, type Problem, type SourceFile } from './tree.ts'

const server = 'packages/authorization-server/src/'

export type Kind =
  | 'store'
  | 'migrations'
  | 'params'
  | 'apply'
  | 'endpoint'
  | 'page'
  | 'admin'
  | 'config'
  | 'feature'
  | 'job'
  | 'words'
  | 'door'
  | 'rule'

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/(^|\/)store\.ts$/, 'store'],
  [/(^|\/)(migrations\.ts|migrations\/[^/]+)$/, 'migrations'],
  [/(^|[/-])(params|request)\.ts$/, 'params'],
  [/(^|[/-])apply\.ts$/, 'apply'],
  [/(^|[/-])endpoints?\.ts$/, 'endpoint'],
  [/(^|[/-])pages?\.ts$/, 'page'],
  [/(^|[/-])admin\.ts$/, 'admin'],
  [/(^|[/-])config\.ts$/, 'config'],
  [/(^|[/-])feature\.ts$/, 'feature'],
  [/(^|[/-])jobs?\.ts$/, 'job'],
  [/(^|[/-])words\.ts$/, 'words'],
  [/(^|\/)index\.ts$/, 'door'],
]

/** The kind of a file in a room of records or features; elsewhere there are no kinds. */
export function kindOf(file: string): Kind | undefined {
  if (!file.startsWith(server) || isTest(file)) return undefined
  const place = file.slice(server.length)
  if (!/^(records|features)\/[^/]+\//.test(place)) return undefined
  return kinds.find(([pattern]) => pattern.test(place))?.[1] ?? 'rule'
}

const mayHoldSql = /(^|\/)(store\.ts|migrations\.ts|migrations\/[^/]+\.ts|platform\/storage\/.+)$/
const sqlText =
  /^[`'"]\s*(select\s[\s\S]+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+(table|index|unique)\s)/i

export function checkSql(tree: readonly SourceFile[]): readonly Problem[] {
  const mend = "move the statement to this room's store.ts, the only file with SQL."
  return tree
    .filter(({ path: file }) => isShipped(file) && !mayHoldSql.test(file))
    .flatMap((file) => {
      const tokens = withoutComments(file.tokens)
      const text = tokens
        .filter(
          (token, at) => sqlText.test(token.text) || (token.kind === 'template' && tokens[at - 1]?.text === 'sql'),
        )
        .map(({ line }) => ({ path: file.path, line, rule: 'SQL outside store.ts', mend }))
      const tags = importsOf(file)
        .filter(
          ({ specifier, names }) =>
            /platform\/storage|^sql-template-tag$/.test(specifier) &&
            names.some((name) => /^(sql|raw|join|empty)$/.test(name)),
        )
        .map(({ line }) => ({ path: file.path, line, rule: 'the SQL template tag is imported outside store.ts', mend }))
      return [...text, ...tags]
    })
}

interface Reach {
  readonly rule: string
  readonly mend: string
  readonly matches: (tokens: readonly Token[], at: number) => boolean
}

function called(object: string, method: string): Reach['matches'] {
  return (tokens, at) =>
    tokens[at]?.text === object &&
    tokens[at + 1]?.text === '.' &&
    tokens[at + 2]?.text === method &&
    tokens[at - 1]?.text !== '.'
}

function global(name: string, then: RegExp): Reach['matches'] {
  return (tokens, at) =>
    tokens[at]?.kind === 'word' &&
    tokens[at]?.text === name &&
    !/^(\.|\?\.|function)$/.test(tokens[at - 1]?.text ?? '') &&
    then.test(tokens[at + 1]?.text ?? '')
}

const clockMend = 'take a Clock or an Instant as an argument (platform/time).'
const randomMend = 'take a Random as an argument (platform/crypto).'

const clocks: readonly Reach[] = [
  { rule: 'Date.now() reads the wall clock', mend: clockMend, matches: called('Date', 'now') },
  {
    rule: 'new Date() reads the wall clock',
    mend: clockMend,
    matches: (tokens, at) =>
      (tokens[at]?.text === 'new' && tokens[at + 1]?.text === 'Date' && tokens[at + 2]?.text !== '(') ||
      (tokens[at]?.text === 'new' && tokens[at + 1]?.text === 'Date' && tokens[at + 3]?.text === ')'),
  },
  { rule: 'Temporal.Now reads the wall clock', mend: clockMend, matches: called('Temporal', 'Now') },
]
const randoms: readonly Reach[] = [
  { rule: 'Math.random() is neither secret nor repeatable', mend: randomMend, matches: called('Math', 'random') },
  {
    rule: 'crypto.getRandomValues() cannot be repeated in a test',
    mend: randomMend,
    matches: called('crypto', 'getRandomValues'),
  },
  {
    rule: 'crypto.randomUUID() cannot be repeated in a test',
    mend: randomMend,
    matches: called('crypto', 'randomUUID'),
  },
]
const outside: readonly Reach[] = [
  {
    rule: 'process is outside of a rule',
    mend: 'take the value as an argument.',
    matches: global('process', /^(\.|\?\.|\[)$/),
  },
  {
    rule: 'fetch is outside of a rule',
    mend: 'let the shell (endpoint.ts) fetch, and take the answer.',
    matches: global('fetch', /^\($/),
  },
  { rule: 'a timer is outside of a rule', mend: 'let a job or the shell wait.', matches: global('setTimeout', /^\($/) },
]

function reaches(file: SourceFile, forbidden: readonly Reach[]): readonly Problem[] {
  const tokens = withoutComments(file.tokens)
  return tokens.flatMap(({ line }, at) =>
    forbidden
      .filter(({ matches }) => matches(tokens, at))
      .map(({ rule, mend }) => ({ path: file.path, line, rule, mend })),
  )
}

function importing(
  file: SourceFile,
  forbidden: (one: Import) => boolean,
  rule: string,
  mend: string,
): readonly Problem[] {
  return importsOf(file)
    .filter(forbidden)
    .map(({ line, specifier }) => ({ path: file.path, line, rule: `${rule}: ${specifier}`, mend }))
}

/** Only platform/time knows what time it is, and only platform/crypto is unpredictable. */
export function checkClockAndRandom(tree: readonly SourceFile[]): readonly Problem[] {
  const randomImport = ({ specifier, names }: Import): boolean =>
    specifier === 'node:crypto' && names.some((name) => /^(random|getRandomValues)/.test(name))
  return tree
    .filter(({ path: file }) => isShipped(file))
    .flatMap((file) => [
      ...(file.path.includes('/platform/time/') ? [] : reaches(file, clocks)),
      ...(file.path.includes('/platform/crypto/') ? [] : reaches(file, randoms)),
      ...(file.path.includes('/platform/crypto/')
        ? []
        : importing(file, randomImport, 'randomness comes from platform/crypto only', randomMend)),
    ])
}

/** @param allowed files that may read the environment, besides platform/config */
export function checkEnvironment(tree: readonly SourceFile[], allowed: ReadonlySet<string>): readonly Problem[] {
  const environment: Reach = {
    rule: 'process.env is read by platform/config only',
    mend: "declare a setting in the room's config.ts.",
    matches: called('process', 'env'),
  }
  return tree
    .filter(({ path: file }) => isShipped(file) && !file.includes('/platform/config/') && !allowed.has(file))
    .flatMap((file) => [
      ...reaches(file, [environment]),
      ...importing(
        file,
        ({ specifier, names }) => specifier === 'node:process' && names.includes('env'),
        environment.rule,
        environment.mend,
      ),
    ])
}

/** @param shells files with a rule's name that join rules to the outside world, by path */
export function checkRules(tree: readonly SourceFile[], shells: ReadonlySet<string>): readonly Problem[] {
  const mend =
    'pass the value in; or, if this file is a shell, call it endpoint.ts or apply.ts or list it under shells in tests/house/exceptions.ts.'
  return tree
    .filter(({ path: file }) => kindOf(file) === 'rule' && !shells.has(file))
    .flatMap((file) => [
      ...reaches(file, [...clocks, ...randoms, ...outside]),
      ...importing(
        file,
        ({ specifier }) => specifier.startsWith('node:'),
        'a rule is pure and imports nothing of Node',
        mend,
      ),
      ...importing(
        file,
        ({ specifier, names }) => /(^|\/)store\.ts$/.test(specifier) && names.length > 0,
        'a rule takes values and reads no store',
        mend,
      ),
    ])
}

export function checkPages(tree: readonly SourceFile[]): readonly Problem[] {
  const mend = 'let the endpoint load it, and take plain data.'
  return tree
    .filter(({ path: file }) => kindOf(file) === 'page')
    .flatMap((file) => [
      ...reaches(file, [...clocks, ...randoms, ...outside]),
      ...importing(
        file,
        ({ specifier }) => /(^|\/)store\.ts$|platform\/storage/.test(specifier),
        'a page is made from plain data and knows no store',
        mend,
      ),
      ...importing(
        file,
        ({ specifier, names }) => /platform\/time/.test(specifier) && names.some((name) => /[cC]lock$/.test(name)),
        'a page knows no clock',
        mend,
      ),
      ...importing(file, ({ specifier }) => specifier.startsWith('node:'), 'a page imports nothing of Node', mend),
    ])
}

export function checkStores(tree: readonly SourceFile[]): readonly Problem[] {
  const mend = 'let the caller do it, and take the result.'
  const forbidden = ({ specifier, names }: Import): boolean =>
    names.length > 0 && /platform\/(crypto|http|mail|html|jobs|limits)|^node:/.test(specifier)
  return tree
    .filter(({ path: file }) => kindOf(file) === 'store')
    .flatMap((file) => [
      ...reaches(file, [...clocks, ...randoms, ...outside]),
      ...importing(file, forbidden, 'a store holds SQL and nothing that is slow or random', mend),
    ])
}

export function checkEndpoints(tree: readonly SourceFile[]): readonly Problem[] {
  return tree
    .filter(({ path: file }) => kindOf(file) === 'endpoint')
    .flatMap((file) => {
      const tokens = withoutComments(file.tokens)
      return tokens
        .filter((token, at) => token.kind === 'template' && tokens[at - 1]?.text === 'html')
        .map(({ line }) => ({
          path: file.path,
          line,
          rule: 'HTML in an endpoint',
          mend: 'move the markup to page.ts.',
        }))
    })
}
