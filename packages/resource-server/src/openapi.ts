// Decides which rule an OpenAPI document gives to a request: `security` of the operation, else of the document; a list
// of alternatives of which one must hold in full. OpenAPI 3.1 §4.8.10, §4.8.30. What is not declared is denied.

import type { Rule } from './rule.ts'
import { isJsonObject, type JsonObject } from './strict-json.ts'

/** One declared operation and its rule. */
export interface Operation {
  readonly method: string
  /** The path, part by part; undefined stands for any one part. */
  readonly parts: readonly (string | undefined)[]
  readonly path: string
  readonly rule: Rule
}

/**
 * The parts of an OpenAPI document that are read; any parsed document fits.
 * @see OpenAPI Specification 3.1 §4.8.1
 * @example
 * import type { OpenApiDocument } from '@latchkey/resource-server'
 * const document: OpenApiDocument = { paths: { '/items': { get: { security: [{ oauth: ['read'] }] } } } }
 */
export interface OpenApiDocument {
  readonly paths?: unknown
  readonly security?: unknown
  readonly components?: unknown
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/**
 * Reads the operations of a document.
 * @param basePath what the server puts before every path, e.g. `/v1`
 * @param isDeclared whether a scope is one of the API's
 * @throws TypeError when the document names a scheme or scope that does not exist
 */
export function operationsOf(
  document: OpenApiDocument,
  basePath: string,
  isDeclared: (scope: string) => boolean,
): readonly Operation[] {
  const schemes = at(at(document.components, 'components')['securitySchemes'], 'securitySchemes')
  return Object.entries(at(document.paths, 'paths')).flatMap(([path, item]) => {
    const operations = at(item, path)
    return METHODS.flatMap((method) => {
      const operation = operations[method]
      if (!isJsonObject(operation)) return []
      const rule = ruleOf(operation['security'] ?? document.security, schemes, isDeclared, `${method} ${path}`)
      const full = `${basePath}${path}`
      return [{ method: method.toUpperCase(), path: full, parts: partsOf(full), rule }]
    })
  })
}

/**
 * Finds the operation of a request; a literal part is preferred to a template. HEAD is GET's unless declared.
 * Some routers decode the path or ignore its case and others do not: a path for which that matters has no operation.
 */
export function operationOf(operations: readonly Operation[], method: string, url: string): Operation | undefined {
  const [path = ''] = url.split('?')
  const sent = path.replace(/(?<=.)\/$/, '').split('/')
  const exact = bestOf(operations, method, ({ parts }) => fits(parts, sent, (part) => part))
  const folded = bestOf(operations, method, ({ parts }) => fits(parts, sent, fold))
  return exact === folded ? exact : undefined
}

function bestOf(
  operations: readonly Operation[],
  method: string,
  isFitting: (operation: Operation) => boolean,
): Operation | undefined {
  const fitting = operations.filter(isFitting)
  const byMethod = (name: string) => fitting.filter((operation) => operation.method === name)
  const own = byMethod(method)
  const [best] = (own.length === 0 && method === 'HEAD' ? byMethod('GET') : own).toSorted(byPrecision)
  return best
}

function fold(part: string): string {
  try {
    return decodeURIComponent(part).toLowerCase()
  } catch {
    return part.toLowerCase()
  }
}

function byPrecision(one: Operation, other: Operation): number {
  const templates = ({ parts }: Operation) => parts.filter((part) => part === undefined).length
  return templates(one) - templates(other)
}

function fits(
  parts: readonly (string | undefined)[],
  sent: readonly string[],
  spelling: (part: string) => string,
): boolean {
  if (parts.length !== sent.length) return false
  return parts.every((part, index) => {
    const own = sent[index] ?? ''
    return part === undefined ? own !== '' : spelling(part) === spelling(own)
  })
}

function partsOf(path: string): readonly (string | undefined)[] {
  const parts = path.replace(/(?<=.)\/$/, '').split('/')
  return parts.map((part) => (part.startsWith('{') ? undefined : part))
}

function ruleOf(security: unknown, schemes: JsonObject, isDeclared: (scope: string) => boolean, where: string): Rule {
  // Without any word on security the document says nothing; saying `[]` or `{}` opens the operation.
  if (security === undefined) throw new TypeError(`The OpenAPI document says nothing of the security of ${where}.`)
  if (!Array.isArray(security)) throw new TypeError(`The security of ${where} is not a list.`)
  const alternatives: readonly unknown[] = security
  const rules = alternatives.map((alternative) => {
    const wanted = Object.entries(at(alternative, where)).map(([name, scopes]) => {
      const scheme = at(schemes[name], `${where}: the scheme ${name}`)
      return ruleOfScheme(scheme, textsOf(scopes), isDeclared, where)
    })
    return wanted.length === 0 ? ({ kind: 'public' } as const) : combine('all', wanted)
  })
  if (rules.length === 0 || rules.some(({ kind }) => kind === 'public')) return { kind: 'public' }
  return combine('any', rules)
}

function combine(kind: 'all' | 'any', rules: readonly Rule[]): Rule {
  const [only, ...more] = rules
  return only !== undefined && more.length === 0 ? only : { kind, rules }
}

function ruleOfScheme(
  scheme: JsonObject,
  scopes: readonly string[],
  isDeclared: (scope: string) => boolean,
  where: string,
): Rule {
  if (scheme['type'] === 'apiKey' && scheme['in'] === 'cookie') return { kind: 'session' }
  const isBearer = scheme['type'] === 'http' && String(scheme['scheme']).toLowerCase() === 'bearer'
  if (!isBearer && scheme['type'] !== 'oauth2' && scheme['type'] !== 'openIdConnect') {
    throw new TypeError(`${where} wants a kind of security that is not supported here.`)
  }
  const strange = scopes.find((scope) => !isDeclared(scope))
  if (strange !== undefined) throw new TypeError(`${where} wants the scope ${strange}, which the API does not declare.`)
  return scopes.length === 0 ? { kind: 'authenticated' } : { kind: 'scopes', scopes }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function at(value: unknown, where: string): JsonObject {
  if (value === undefined && (where === 'components' || where === 'securitySchemes' || where === 'paths')) return {}
  if (!isJsonObject(value)) throw new TypeError(`The OpenAPI document has no object for ${where}.`)
  return value
}
