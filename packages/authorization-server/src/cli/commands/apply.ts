// `latchkey apply`: brings clients, APIs, scopes and groups to what a declarative file says, in one commit.

import { planWrites, signedByPlan } from '../../features/declaration/index.ts'
import { type NewClientSecret, storeChosenSecret } from '../../records/clients/index.ts'
import { everydayAlgorithms } from '../../records/keys/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import type { Installation } from '../installation.ts'
import {
  fileArgument,
  planBody,
  planGiven,
  type Planned,
  planOptions,
  planSentence,
  planView,
  readGiven,
  requireSecrets,
  secretAtHand,
} from './declarations.ts'
import { changedMeanwhile } from './people.ts'

export const command: Command = defineCommand({
  name: 'apply',
  aliases: [],
  summary: 'Bring applications, APIs, scopes and groups to what a declarative file says, all at once or not at all',
  arguments: [fileArgument],
  options: planOptions,
  writes: true,
  isDangerous: true,
  examples: ['latchkey apply latchkey.yaml', 'latchkey apply latchkey.yaml --prune --yes'],
  async run(context) {
    const given = await readGiven(context)
    const installation = await context.open('write')
    // Changed by somebody between the look and the write: planned anew, once, and shown and asked anew.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const planned = await planGiven(context, installation, given)
      if (!context.isDryRun) requireSecrets(planned)
      context.output.show(planView(planned))
      const data = planBody(planned)
      if (planned.plan.changes.length === 0 || context.isDryRun) return { say: planSentence(planned), data }
      context.output.note(planSentence(planned))
      await context.confirm({ name: 'yes', consequences: [] })
      if (await carryOut(context, installation, planned)) {
        return { say: `Applied ${countOf(planned)}.`, data, next: 'latchkey export' }
      }
      context.output.note('Somebody changed something of this meanwhile. Nothing was written; planned anew:')
    }
    throw changedMeanwhile('What the file speaks of')
  },
})

/** @returns whether it was written: all of it, or nothing */
async function carryOut(context: Context, installation: Installation, planned: Planned): Promise<boolean> {
  const unusual = signedByPlan(planned).filter((algorithm) => !everydayAlgorithms.includes(algorithm))
  if (unusual.length > 0) await (await installation.keys()).prepare(unusual)
  const secrets = await newSecrets(context, installation, planned)
  const { won } = await installation.database.commit(planWrites({ ...planned, secrets }, installation.clock.now()))
  return won
}

async function newSecrets(
  context: Context,
  { passwords }: Installation,
  { resolved, declaration }: Planned,
): Promise<ReadonlyMap<string, NewClientSecret>> {
  const stored = new Map<string, NewClientSecret>()
  for (const [clientId, state] of resolved.secrets) {
    const isSet = state === 'new' || state === 'another'
    const secret = isSet ? secretAtHand(context, clientId, declaration) : undefined
    if (secret !== undefined) stored.set(clientId, await storeChosenSecret(secret, passwords))
  }
  return stored
}

function countOf({ plan }: Planned): string {
  return plan.changes.length === 1 ? '1 change' : `${plan.changes.length} changes`
}
