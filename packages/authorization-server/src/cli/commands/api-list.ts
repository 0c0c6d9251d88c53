// `latchkey api list`: the APIs that access tokens can be for. RFC 8707.

import { listClients } from '../../records/clients/index.ts'
import { listApis } from '../../records/scopes/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { apiBody } from './apis.ts'

export const command: Command = defineCommand({
  name: 'api list',
  aliases: [],
  summary: 'List the APIs that access tokens can be for',
  arguments: [],
  options: [],
  async run(context) {
    const { database } = await context.open('read')
    const clients = new Map((await listClients(database, undefined)).map((client) => [client.row, client.clientId]))
    const apis = (await listApis(database)).map((api) => ({
      ...api,
      clientIds: api.clientRows.flatMap((row) => clients.get(row) ?? []),
    }))
    return {
      data: { apis: apis.map((api) => apiBody(api, api)) },
      view: {
        kind: 'table',
        columns: ['audience', 'name', 'tokens', 'longest life', 'scopes', 'clients'],
        rows: apis.map((api) => [
          api.audience,
          api.name,
          api.tokenFormat === 'jwt' ? `jwt ${api.signingAlgorithm}` : 'opaque',
          api.accessTokenLifetimeSeconds === undefined ? '' : `${api.accessTokenLifetimeSeconds} s`,
          api.scopes.join(' '),
          api.clientIds.join(' '),
        ]),
      },
    }
  },
})
