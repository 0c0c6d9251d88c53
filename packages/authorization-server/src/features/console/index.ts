/**
 * The console at /admin/ and its API at /api/v1: who may come in, what each person reaches, and what is done for each noun.
 * Specifications: OWASP ASVS 5.0 V7.3, V7.5, V8; RFC 6750, RFC 9457, RFC 9470. Tables: none of its own (changes are events).
 * Settings: console. How to add a noun is told at the door of platform/console.
 */
import type { Desk } from '../../platform/console/index.ts'
import type { Context } from '../context/index.ts'

export { type ConsoleSettings, consoleSettings } from './config.ts'
export { consoleFeature } from './feature.ts'

/** The nouns with what carries them out: tests make their matrix of them. */
export async function consoleDesks(context: Context): Promise<readonly Desk[]> {
  return (await import('./loaded.ts')).desksOf(context)
}

/** Every permission that a group can give, as `noun.verb`. */
export async function consolePermissions(): Promise<readonly string[]> {
  return (await import('./loaded.ts')).permissionNames()
}
