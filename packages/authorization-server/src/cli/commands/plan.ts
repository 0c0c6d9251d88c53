// `latchkey plan`: what `latchkey apply` would change, and nothing else.

import { type Command, defineCommand } from '../command.ts'
import { fileArgument, planBody, planGiven, planOptions, planSentence, planView, readGiven } from './declarations.ts'

export const command: Command = defineCommand({
  name: 'plan',
  aliases: [],
  summary: 'Check a declarative file and show what applying it would change',
  arguments: [fileArgument],
  options: [
    ...planOptions,
    {
      name: 'detailed-exitcode',
      description: 'exit with 0 when nothing would change, 2 when something would, 1 on any error',
    },
  ],
  examples: ['latchkey plan latchkey.yaml', 'latchkey plan latchkey.yaml --prune --detailed-exitcode'],
  async run(context) {
    const given = await readGiven(context)
    const planned = await planGiven(context, await context.open('read'), given)
    const hasChanges = planned.plan.changes.length > 0
    return {
      say: planSentence(planned),
      data: planBody(planned),
      view: planView(planned),
      hasChanges,
      ...(hasChanges ? { next: `latchkey apply ${given.file === '<stdin>' ? '-' : given.file}` } : {}),
    }
  },
})
