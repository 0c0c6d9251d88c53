// What Node's requests and responses have in common, as far as guards use it; structural, so that no Node type is needed.

import { isJsonObject } from '../strict-json.ts'

/**
 * Headers as Node parses them.
 * @example
 * import type { NodeHeaders } from '@latchkey/resource-server/express'
 * const headers: NodeHeaders = { authorization: 'Bearer abc' }
 */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The part of Node's response that is used.
 * @example
 * import type { ServerResponse } from 'node:http'
 * import type { NodeResponse } from '@latchkey/resource-server/express'
 * const same = (response: ServerResponse): NodeResponse => response
 */
export interface NodeResponse {
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string): unknown
  writeHead(status: number, headers: Readonly<Record<string, string>>): { end(body: string): unknown }
}

/** One value of a header. */
export function headerOf(headers: NodeHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** The `Vary` of an answer with more names in it, none twice. */
export function mergedVary(known: unknown, more: string): string {
  const names = (typeof known === 'string' ? known : Array.isArray(known) ? known.join(',') : '').split(',')
  const all = [...names, ...more.split(',')].map((name) => name.trim()).filter((name) => name !== '')
  return all.filter((name, at) => all.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === at).join(', ')
}

/** Adds to the `Vary` of a Node response. */
export function addVary(response: NodeResponse, vary: string | undefined): void {
  if (vary === undefined) return
  const known = response.getHeader('vary')
  response.setHeader('vary', known === undefined ? vary : mergedVary(known, vary))
}

/** The named parts of the path, from a framework that does not say which type they have. */
export function paramsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {}
}
