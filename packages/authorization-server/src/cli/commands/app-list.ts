// `latchkey app list`: the registered applications, without any secret.

import { listClients } from '../../records/clients/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { appBody } from './apps.ts'
import { findPerson } from './people.ts'

export const command: Command = defineCommand({
  name: 'app list',
  aliases: [],
  summary: 'List applications by name',
  arguments: [],
  options: [{ name: 'owner', value: 'WHO', description: 'only those of this user' }],
  async run(context) {
    const { database } = await context.open('read')
    const owner = context.input.maybeText('owner')
    const clients = await listClients(
      database,
      owner === undefined ? undefined : (await findPerson(database, owner)).id,
    )
    return {
      data: { apps: clients.map((client) => ({ ...appBody(client), enabled: client.enabled })) },
      view: {
        kind: 'table',
        columns: ['name', 'client_id', 'kind', 'grants', 'state'],
        rows: clients.map((client) => [
          client.name,
          client.clientId,
          client.isConfidential ? 'confidential' : 'public',
          client.grantTypes.join(' '),
          client.enabled ? 'enabled' : 'disabled',
        ]),
      },
    }
  },
})
