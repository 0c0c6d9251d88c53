// `latchkey user passwd`: a new password; everything that the old one opened ends.

import { changePassword } from '../../records/credentials/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { refusedSecret, requiredSecret, secretOptions } from '../secret-input.ts'
import { changedMeanwhile, findPerson, nameOf, requireGoodPassword, userBody } from './people.ts'

export const command: Command = defineCommand({
  name: 'user passwd',
  aliases: ['changepassword'],
  summary: 'Set a user’s password and end all their sessions and grants',
  arguments: [{ name: 'who', description: 'e-mail, username, number or subject', required: true }],
  options: secretOptions('password'),
  refuses: [refusedSecret('password')],
  writes: true,
  examples: ['latchkey user passwd ann@example.com --password-stdin < new-password.txt'],
  async run(context) {
    const installation = await context.open('read')
    const user = await findPerson(installation.database, context.input.text('who'))
    const password = await requiredSecret(context, 'password')
    await requireGoodPassword(installation, password.value, user)
    if (context.isDryRun) {
      return { say: `Would change the password of “${nameOf(user)}”.`, data: { user: userBody(user) } }
    }
    // Nothing is kept: whoever resets a password wants everybody out.
    if (!(await changePassword(installation, user, password.value, {}, {}))) {
      throw changedMeanwhile(`“${nameOf(user)}”`)
    }
    const shown = password.isGenerated ? { password: password.value } : {}
    return {
      say: `Changed the password of “${nameOf(user)}”; every session and grant of theirs has ended.`,
      data: { user: userBody(user), ...shown },
      view: { kind: 'record', rows: Object.entries(shown) },
    }
  },
})
