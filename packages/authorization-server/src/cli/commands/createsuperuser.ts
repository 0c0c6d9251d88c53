// `latchkey createsuperuser`: Django's name for `user create --admin`.

import { type Command, defineCommand } from '../command.ts'
import { refusedSecret } from '../secret-input.ts'
import { createUser, personOptions } from './user-create.ts'

export const command: Command = defineCommand({
  name: 'createsuperuser',
  aliases: [],
  summary: 'Create an administrator (Django’s name for user create --admin)',
  arguments: [],
  options: personOptions,
  refuses: [refusedSecret('password')],
  writes: true,
  run: (context) => createUser(context, true),
})
