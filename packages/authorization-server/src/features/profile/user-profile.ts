// /user/profile/ and /users/profile/: what a person's own app may read and change of them. Seed 000.
import { OAuthError } from '@latchkey/protocol'
import { jsonReply, type Incoming, type Reply } from '../../platform/http/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { groupsOf } from '../../records/groups/index.ts'
import { findUser, normalizeEmail, updateProfile, type User } from '../../records/users/index.ts'
import { requireBearerUser } from '../bearer/index.ts'
import type { Context } from '../context/index.ts'
import { FieldErrors } from '../refusals/index.ts'
import { fieldsOf } from './params.ts'
import { type ProfileInput, readProfile, userProfile } from './serializers.ts'

export async function showProfile(context: Context, request: Incoming): Promise<Reply> {
  const { view } = await requireBearerUser(context, request, ['read'])
  return profileReply(context, view.user)
}

async function profileReply(context: Context, user: User): Promise<Reply> {
  const groups = await groupsOf(context.database, user.id)
  const names = groups.map((group) => group.name)
  return jsonReply(200, userProfile(user, names))
}

export async function editProfile(context: Context, request: Incoming): Promise<Reply> {
  const { view } = await requireBearerUser(context, request, ['write'])
  const { emailMaxLength } = context.identity
  const read = readProfile(fieldsOf(request), { partial: request.method === 'PATCH', emailMaxLength })
  if (read.kind === 'errors') throw new FieldErrors(read.errors)
  const changed = await saveProfile(context, view.user, read.input, request.remoteAddress)
  return profileReply(context, changed)
}

/** What is absent stays as it is; the unique index decides who holds an address. */
async function saveProfile(context: Context, user: User, input: ProfileInput, address: string): Promise<User> {
  const change = {
    email: input.email === undefined ? user.email : normalizeEmail(input.email),
    username: user.username,
    firstName: input.firstName ?? user.firstName,
    lastName: input.lastName ?? user.lastName,
  }
  const now = context.clock.now()
  const detail = { fields: changedFields(user, change) }
  const result = await context.database.commit([
    updateProfile(user, change, now),
    recordEvent({ kind: 'user.changed', at: now, actorId: user.id, userId: user.id, address, detail }),
  ])
  if (!result.won) throw await whyUnsaved(context, user)
  const saved = await findUser(context.database, user.id)
  if (saved === undefined) throw new Error('A user that was just changed cannot be found.')
  return saved
}

/** Somebody else holds the address; or the token's authority ended while the request was under way. */
async function whyUnsaved(context: Context, user: User): Promise<Error> {
  const now = await findUser(context.database, user.id)
  if (now?.isActive && now.epoch === user.epoch) {
    return new FieldErrors({ email: ['user with this email already exists.'] })
  }
  return new OAuthError('invalid_token', 'The access token is invalid.', { rule: 'token-revoked' })
}

function changedFields(user: User, change: Pick<User, 'email' | 'firstName' | 'lastName'>): readonly string[] {
  const fields = ['email', 'firstName', 'lastName'] as const
  return fields.filter((field) => user[field] !== change[field])
}
