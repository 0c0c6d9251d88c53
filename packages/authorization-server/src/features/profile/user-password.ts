// /user/password/ and /user/signup/, also under /users/. Seeds 000 and 001.
import { HttpFault, jsonReply, type Incoming, type Reply } from '../../platform/http/index.ts'
import {
  changePassword,
  confirmPassword,
  countSignUp,
  newPasswordErrors,
  registerUser,
} from '../../records/credentials/index.ts'
import { normalizeEmail, type User } from '../../records/users/index.ts'
import { requireBearerUser } from '../bearer/index.ts'
import type { Context } from '../context/index.ts'
import { FieldErrors, type FieldMessages } from '../refusals/index.ts'
import type { ProfileSettings } from './config.ts'
import { errorsOf, type FieldResult, fieldsOf, valueOf } from './params.ts'
import { readPasswordChange, readSignUp } from './serializers.ts'

export async function editPassword(context: Context, settings: ProfileSettings, request: Incoming): Promise<Reply> {
  const { view } = await requireBearerUser(context, request, ['write'])
  const { results } = readPasswordChange(fieldsOf(request))
  const errors = { ...errorsOf(results) }
  // As the seed's serializer does, the new password is judged without knowing whose it is.
  Object.assign(errors, await weakPassword(context, results.password))
  const oldPassword = valueOf(results.old_password)
  if (oldPassword !== undefined && !(await isCurrentPassword(context, view.user, oldPassword, request.remoteAddress))) {
    throw new FieldErrors({ ...errors, old_password: oldPasswordError(settings) })
  }
  refuseIfAny(errors, results.password, results.password2)
  const kept = { grantId: view.grant.id }
  const actor = { id: view.user.id, address: request.remoteAddress }
  const changed = await changePassword(context, view.user, valueOf(results.password) ?? '', kept, actor)
  if (!changed) throw new FieldErrors({ old_password: ['Old password is incorrect'] })
  return jsonReply(200, {})
}

function oldPasswordError(settings: ProfileSettings): FieldMessages {
  const message = 'Old password is incorrect'
  // The tutorial's server nests it; an object stands where clients of that server look for it.
  return settings.nestedOldPasswordError ? { old_password: message } : [message]
}

/** Counted with sign-ins: a stolen token must not become a way to guess the password. */
async function isCurrentPassword(context: Context, user: User, password: string, address: string): Promise<boolean> {
  const attempt = await confirmPassword(context, user, { password, address })
  if (attempt.kind === 'throttled') throw throttled(attempt.retryAfterSeconds)
  return attempt.kind === 'match'
}

function throttled(seconds: number): HttpFault {
  const words = `Request was throttled. Expected available in ${seconds} seconds.`
  const detail = { rule: 'throttled' }
  return new HttpFault('too-many-requests', words, { headers: { 'retry-after': String(seconds) }, detail })
}

async function weakPassword(
  context: Context,
  result: FieldResult,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const password = valueOf(result)
  if (password === undefined) return {}
  const messages = await newPasswordErrors(password, {}, context.identity.passwordPolicy)
  return messages.length === 0 ? {} : { password: messages }
}

function refuseIfAny(
  errors: Readonly<Record<string, readonly string[]>>,
  password: FieldResult,
  again: FieldResult,
): void {
  if (Object.keys(errors).length > 0) throw new FieldErrors(errors)
  if (valueOf(password) !== valueOf(again)) throw new FieldErrors({ password2: ['Password fields did not match'] })
}

export async function signUp(context: Context, request: Incoming): Promise<Reply> {
  const { results } = readSignUp(fieldsOf(request), context.identity.emailMaxLength)
  const errors = { ...errorsOf(results) }
  const email = valueOf(results.email)
  Object.assign(errors, await weakPassword(context, results.password))
  refuseIfAny(errors, results.password, results.password2)
  const limited = await countSignUp(context, request.remoteAddress)
  if (limited !== undefined) throw throttled(limited.retryAfterSeconds)
  const user = { email: normalizeEmail(email ?? '') }
  const registration = await registerUser(context, user, valueOf(results.password), { address: request.remoteAddress })
  if (registration.kind === 'taken') throw new FieldErrors({ email: ['This field must be unique.'] })
  return jsonReply(201, { email: registration.user.email })
}
