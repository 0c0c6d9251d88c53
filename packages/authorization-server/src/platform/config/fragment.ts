// What a room declares about its settings: name, type, default, environment variable, unit and words for the reference.
// A room writes its type as an interface (the page that people read) and the compiler checks that the fragment agrees.

import type { z } from 'zod'
import { Secret } from './secret.ts'

/** Units that may be written the short way in the environment: `15m` for 900 seconds, `64KiB` for 65536 bytes. */
export type Unit = 'milliseconds' | 'seconds' | 'days' | 'bytes' | 'KiB' | 'percent'

export interface SettingNotes {
  /** The environment variable, whole. */
  readonly env: `LATCHKEY_${string}`
  /** A full sentence for the reference page: what it does, and what changes when it is larger, smaller, on or off. */
  readonly description: string
  readonly unit?: Unit
  /** The clause that the default or the range comes from, e.g. `RFC 9700 §2.2`. */
  readonly spec?: string
}

export interface Setting<T> extends SettingNotes {
  readonly schema: z.ZodType<T>
  readonly secret: boolean
}

/** A fragment whose values' types are not known here: what the loader and the reference work with. */
export interface AnyFragment {
  readonly name: string
  readonly settings: Readonly<Record<string, Setting<unknown>>>
}

/**
 * The settings of one room.
 */
export interface Fragment<Name extends string, Values extends object> extends AnyFragment {
  readonly name: Name
  readonly settings: { readonly [Key in keyof Values]: Setting<Values[Key]> }
}

/** The loaded values of a list of fragments, keyed by fragment name. */
export type SettingsOf<Fragments extends readonly AnyFragment[]> = {
  readonly [One in Fragments[number] as One['name']]: One extends Fragment<string, infer Values>
    ? Readonly<Values>
    : never
}

/**
 * Declares one setting.
 * @param schema the type with its limits and, unless the setting is required, its default
 */
export function setting<T>(schema: z.ZodType<T>, notes: SettingNotes): Setting<T> {
  return { ...notes, schema, secret: false }
}

/**
 * Declares a secret setting: also read from the file that `<env>_FILE` names, masked everywhere, never taken from a flag.
 * @param schema the string type with its limits; no default, because a published secret is none
 */
export function secret(schema: z.ZodType<string>, notes: SettingNotes): Setting<Secret> {
  return { ...notes, schema: schema.transform((value) => new Secret(value)), secret: true }
}

/** As `secret`, for one that may be left out. */
export function optionalSecret(schema: z.ZodType<string>, notes: SettingNotes): Setting<Secret | undefined> {
  return { ...notes, schema: schema.transform((value) => new Secret(value)).optional(), secret: true }
}

/**
 * Declares the settings of a room. The type comes from the annotation alone (`NoInfer`), so that a setting too many, one
 * too few or one of another type does not compile.
 * @param name the room, in camelCase: the key in the settings file and in the loaded settings
 * @example
 * export interface TokenSettings { readonly accessTokenLifetimeSeconds: number }
 * export const tokenSettings: Fragment<'token', TokenSettings> = defineSettings('token', {
 *   accessTokenLifetimeSeconds: setting(z.int().min(30).max(86_400).default(3600), {
 *     env: 'LATCHKEY_ACCESS_TOKEN_LIFETIME_SECONDS',
 *     description: 'How long an access token is good for.',
 *     unit: 'seconds',
 *   }),
 * })
 */
export function defineSettings<const Name extends string, Values extends object>(
  name: Name,
  settings: { readonly [Key in keyof NoInfer<Values>]: Setting<NoInfer<Values>[Key]> },
): Fragment<Name, Values> {
  return { name, settings }
}
