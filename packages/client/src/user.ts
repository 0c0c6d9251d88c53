// Who is signed in: what the server says of the person, and what the app's own account adds. OpenID Connect Core §5.1, §5.7.

import { isJsonObject, type JsonObject, textOf } from './json.ts'
import type { ProfileFields } from './provider.ts'

/**
 * What a server says of a person. Only `subject` identifies: names and addresses change, and are given to others.
 * @see OpenID Connect Core §5.1, §5.7
 * @example
 * import type { Profile } from '@latchkey/client'
 * const alice: Profile = { subject: '7', username: 'alice', email: 'alice@id.example', emailVerified: false }
 */
export interface Profile {
  readonly subject: string
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly emailVerified: boolean
  readonly name?: string | undefined
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  readonly picture?: string | undefined
}

/**
 * Whoever is signed in.
 * @example
 * import type { User } from '@latchkey/client'
 * const greeting = (user: User): string => `Hello ${user.username ?? user.name ?? 'you'}!`
 */
export interface User extends Profile {
  /** The account in the app's own store; undefined when the app keeps none. */
  readonly id: number | undefined
  /** The server that says so: its issuer, or the id of a provider without one. */
  readonly provider: string
}

/** The members of OpenID's standard claims. */
export const openIdFields: ProfileFields = {
  subject: 'sub',
  username: 'preferred_username',
  email: 'email',
  emailVerified: 'email_verified',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  picture: 'picture',
}

/** The profile in what a server sent; undefined when it does not say who it is. */
export function profileOf(sent: unknown, fields: ProfileFields): Profile | undefined {
  if (!isJsonObject(sent)) return undefined
  const subject = identifierOf(sent[fields.subject])
  if (subject === undefined) return undefined
  const { emailVerified } = fields
  return {
    subject,
    username: memberOf(sent, fields.username),
    email: memberOf(sent, fields.email),
    // Some servers send the text "true"; anything else is no proof.
    emailVerified: emailVerified !== undefined && (sent[emailVerified] === true || sent[emailVerified] === 'true'),
    name: memberOf(sent, fields.name),
    givenName: memberOf(sent, fields.givenName),
    familyName: memberOf(sent, fields.familyName),
    picture: memberOf(sent, fields.picture),
  }
}

const LONGEST = 500

function memberOf(sent: JsonObject, field: string | undefined): string | undefined {
  return field === undefined ? undefined : textOf(sent[field])?.normalize('NFKC').slice(0, LONGEST)
}

/** Ids are compared as they are: a number of JSON becomes its decimal text, as allauth has it. */
function identifierOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value)
  return text !== undefined && text.length <= 255 ? text : undefined
}
