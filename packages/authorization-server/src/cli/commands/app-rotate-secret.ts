// `latchkey app rotate-secret`: two secrets live at most, so that one can be replaced while the other still works.

import {
  dropOldSecrets,
  insertSecret,
  mostLiveSecrets,
  raiseClientEpoch,
  secretsOf,
} from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import { refusedSecret, secretOptions } from '../secret-input.ts'
import { findApp, secretFor } from './apps.ts'
import { changedMeanwhile } from './people.ts'

export const command: Command = defineCommand({
  name: 'app rotate-secret',
  aliases: [],
  summary: 'Give an application a new secret; the one before still works until the next rotation',
  arguments: [{ name: 'app', description: 'client id, or a name that only one app has', required: true }],
  options: [
    { name: 'compromised', description: 'the old secrets end now, and all tokens of the app with them' },
    ...secretOptions('client-secret'),
  ],
  refuses: [refusedSecret('client-secret')],
  writes: true,
  isDangerous: true,
  async run(context) {
    const installation = await context.open('read')
    const { database, clock } = installation
    const client = await findApp(database, context.input.text('app'))
    if (!client.isConfidential) {
      const what = `“${client.name}” has no secret.`
      const explanation = { code: 'public_client', what, why: 'It is a public client.', fix: 'latchkey app list' }
      throw new CommandFailure('notAllowed', explanation)
    }
    const isCompromised = context.input.flag('compromised')
    const live = await secretsOf(database, client.row)
    const ending = isCompromised ? live : live.slice(mostLiveSecrets - 1)
    if (ending.length > 0) {
      const tokens = isCompromised ? ' All tokens of this app end.' : ''
      await context.confirm({
        name: client.clientId,
        consequences: [`${ending.length} older secret(s) stop working.${tokens}`],
      })
    }
    const secret = await secretFor(context, installation)
    if (context.isDryRun) {
      return { say: `Would rotate the secret of “${client.name}”.`, data: { client_id: client.clientId } }
    }
    const now = clock.now()
    const rotated = await database.commit([
      insertSecret(client.clientId, secret.stored, now),
      dropOldSecrets(client.row, isCompromised ? 1 : mostLiveSecrets),
      ...(isCompromised ? [raiseClientEpoch(client.row, now)] : []),
      recordEvent({
        kind: 'client.secret-rotated',
        at: now,
        clientRow: client.row,
        detail: { isCompromised },
      }),
    ])
    if (!rotated.won) {
      throw changedMeanwhile(`“${client.name}”`)
    }
    const shown = secret.shown === undefined ? {} : { client_secret: secret.shown }
    return {
      say: `Rotated the secret of “${client.name}”.${secret.shown === undefined ? '' : ' The new one is shown this once.'}`,
      data: { client_id: client.clientId, ended_secrets: ending.length, ...shown },
      view: { kind: 'record', rows: [['client_id', client.clientId], ...Object.entries(shown)] },
    }
  },
})
