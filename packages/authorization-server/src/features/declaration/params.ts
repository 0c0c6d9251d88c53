// Reads a declarative file, YAML 1.2 or JSON, once: into a typed declaration, or all that is wrong with its form, each with its line.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { nearest } from '../../platform/config/index.ts'
import { type Fault, type Path, pathText, type PlacedFault } from './fault.ts'
import { type Declaration, declarationSchema, jsonSchema } from './schema.ts'

/** Puts a fault where it stands in the text. */
export type Place = (fault: Fault) => PlacedFault

export type ReadDeclaration =
  | { readonly kind: 'declaration'; readonly declaration: Declaration; readonly place: Place }
  | { readonly kind: 'refused'; readonly faults: readonly PlacedFault[] }

/** Far beyond thousands of applications; whoever sends more sends something else. */
export const mostBytes = 4_194_304
/** Anchors are welcome; a few lines of them that unfold into gigabytes are not. */
const mostAliases = 1_000
const mostLevels = 32
/** One bracket that is missing breaks everything behind it. */
const mostBroken = 5

export function readDeclaration(text: string): ReadDeclaration {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  })
  const place = placer(document, lines)
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    const faults = broken.slice(0, mostBroken).map(({ code, message, pos }) => {
      const { line, col } = lines.linePos(pos[0])
      return { line, column: col, at: '', sentence: syntaxSentences[code] ?? `${message}.` }
    })
    return { kind: 'refused', faults }
  }
  const value = plainValue(document)
  const faults = value.kind === 'refused' ? [value.fault] : formFaults(value.value)
  if (value.kind === 'refused' || faults.length > 0) return { kind: 'refused', faults: inOrder(faults.map(place)) }
  return { kind: 'declaration', declaration: declarationSchema.parse(value.value), place }
}

/** By line, then by column: as somebody who corrects the file goes through it. */
export function inOrder(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  return faults.toSorted((one, other) => one.line - other.line || one.column - other.column)
}

const syntaxSentences: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'This name stands here twice.',
  MULTIPLE_DOCS: 'There is more than one document in the file.',
  NON_STRING_KEY: 'A name must be a text.',
}

type Plain = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'refused'; readonly fault: Fault }

function plainValue(document: Document): Plain {
  try {
    const value: unknown = document.toJS({ maxAliasCount: mostAliases })
    const name = nameOfObjects(value, [])
    if (name !== undefined) return { kind: 'refused', fault: name }
    return { kind: 'value', value: withoutEmptyEntries(value) }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return { kind: 'refused', fault: { path: [], sentence: 'Its aliases unfold into too much.' } }
  }
}

/** An entry of the name that every object in JavaScript has would be lost on the way; and nothing here is deep. */
function nameOfObjects(value: unknown, path: Path): Fault | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (path.length > mostLevels) return { path: path.slice(0, 1), sentence: 'It is nested too deeply, or into itself.' }
  for (const [name, member] of Object.entries(value)) {
    const inside = [...path, Array.isArray(value) ? Number(name) : name]
    if (name === '__proto__') return { path: inside, sentence: 'This name cannot be used.', isAboutName: true }
    const fault = nameOfObjects(member, inside)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** `support:` with nothing behind it is an entry that leaves everything at its default. */
function withoutEmptyEntries(value: unknown): unknown {
  if (!isRecord(value)) return value
  const filled = (section: unknown): unknown =>
    isRecord(section)
      ? Object.fromEntries(Object.entries(section).map(([name, entry]) => [name, entry ?? {}]))
      : section
  const sections = ['apis', 'groups', 'clients']
  return Object.fromEntries(
    Object.entries(value).map(([name, section]) => [name, sections.includes(name) ? filled(section) : section]),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function formFaults(value: unknown): readonly Fault[] {
  const parsed = declarationSchema.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOf(issue, value))
}

type Issue = z.core.$ZodIssue

function faultsOf(issue: Issue, document: unknown): readonly Fault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = membersAt(path)
      const guess = nearest(key, known)
      const fix = guess === undefined ? `Allowed here: ${known.join(', ')}.` : `Did you mean ${guess}?`
      return { path: [...path, key], sentence: `There is no such member. ${fix}`, isAboutName: true }
    })
  }
  return [{ path, sentence: sentenceOf(issue, valueAt(document, path)) }]
}

function sentenceOf(issue: Issue, value: unknown): string {
  if (value === undefined) return 'This is missing.'
  switch (issue.code) {
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      const guess = typeof value === 'string' ? nearest(value, allowed) : undefined
      const fix = guess === undefined ? '' : ` Did you mean ${guess}?`
      return allowed.length === 1 ? `It must be ${allowed[0]}.` : `It must be one of ${allowed.join(', ')}.${fix}`
    }
    case 'invalid_type':
      return `It must be ${typeWords[issue.expected] ?? issue.expected}, not ${kindOfValue(value)}.`
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'It must not be empty.'
        : `It must be at least ${issue.minimum}.`
    case 'too_big':
      return `It must be at most ${issue.maximum}${sizeWords[issue.origin] ?? ''}.`
    default:
      return `It ${issue.message}.`
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of names to values',
  record: 'a mapping of names to values',
}
const sizeWords: Readonly<Record<string, string>> = { string: ' characters long', array: ' entries long' }

function kindOfValue(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return 'a number (write it in quotes for a text)'
  if (typeof value === 'boolean') return 'true or false (write it in quotes for a text)'
  return typeof value === 'string' ? 'a text' : 'a mapping'
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)]
    return isRecord(value) ? value[part] : undefined
  }, document)
}

/** What may stand beside a member that is not known. */
function membersAt(path: Path): readonly string[] {
  const schema = path.reduce<unknown>((inside, part) => memberOf(inside, part), jsonSchema())
  const members = isRecord(schema) ? schema['properties'] : undefined
  return isRecord(members) ? Object.keys(members) : []
}

/** `clients.shop` is a client, whatever its name. */
function memberOf(schema: unknown, name: string | number): unknown {
  if (!isRecord(schema)) return undefined
  const members = schema['properties']
  return isRecord(members) ? members[name] : schema['additionalProperties']
}

/** A fault stands at its value, at its name, or as near above it as the text goes. */
function placer(document: Document, lines: LineCounter): Place {
  return ({ path, sentence, isAboutName }) => {
    let node: Node | null = document.contents
    let offset = node?.range?.[0] ?? 0
    for (const [index, part] of path.entries()) {
      const inside: Node | null | undefined = isAlias(node) ? node.resolve(document) : node
      const isLast = index === path.length - 1
      const found = childOf(inside, part)
      if (found === undefined) break
      offset = (isLast && isAboutName === true ? found.nameAt : found.valueAt) ?? found.nameAt ?? offset
      node = found.value
    }
    const { line, col } = lines.linePos(offset)
    return { line, column: col, at: pathText(path), sentence }
  }
}

interface Child {
  readonly value: Node | null
  readonly nameAt: number | undefined
  readonly valueAt: number | undefined
}

function childOf(node: Node | null | undefined, part: string | number): Child | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    if (pair === undefined) return undefined
    return { value: pair.value, nameAt: pair.key.range?.[0], valueAt: placed(pair.value) }
  }
  if (!isSeq<Node>(node) || typeof part !== 'number') return undefined
  const item = node.items[part]
  return item === undefined ? undefined : { value: item, nameAt: placed(item), valueAt: placed(item) }
}

/** Nothing behind a colon has no place of its own. */
function placed(node: Node | null): number | undefined {
  return node === null || (isScalar(node) && node.value === null && node.source === '') ? undefined : node.range?.[0]
}
