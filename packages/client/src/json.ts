// What comes from outside as JSON, before anybody has looked at its members.

/**
 * A JSON object whose members are yet to be looked at.
 * @example
 * import type { JsonObject } from '@latchkey/client'
 * const claims: JsonObject = { sub: 'alice' }
 */
export type JsonObject = Readonly<Record<string, unknown>>

/** Tells whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a member; undefined when it is empty or no text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The number of a member; undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
