// Prints a link through which a person chooses a password of their own: shown once, to whoever asked, and told nowhere else.
import type { Asked, Outcome } from '../../../platform/console/index.ts'
import { makePasswordLink } from '../../../records/credentials/index.ts'
import type { User } from '../../../records/users/index.ts'
import type { Context } from '../../context/index.ts'
import { changeBy } from '../trail.ts'

const path = '/accounts/password-link/'

export async function printLink(context: Context, asked: Asked, user: User): Promise<Outcome> {
  const lifetime = context.identity.passwordLinkSeconds
  const { token, expiresAt, write } = makePasswordLink(context, user, asked.at, lifetime)
  const until = new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')
  const result = await context.database.commit([
    changeBy(asked, {
      kind: 'user.password-link-made',
      noun: 'users',
      target: String(user.id),
      userId: user.id,
      note: `It works until ${until} UTC.`,
    }),
    write,
  ])
  if (!result.won) return { kind: 'conflict' }
  const value = `${context.publicUrl}${path}?token=${token}`
  return { kind: 'done', shown: [{ label: 'One-time link', value, hint: `It works once, until ${until} UTC.` }] }
}
