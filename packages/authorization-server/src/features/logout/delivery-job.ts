// Delivers logout tokens to the clients that are to learn of the end of a session, some time after its commit: no client, however
// slow or dead, holds up anybody who signs out. OpenID Connect Back-Channel Logout §2.5, §2.8.
import { type JobDeps, runJob } from '../../platform/jobs/index.ts'
import {
  claimDelivery,
  type DeliveryOutcome,
  dueDeliveries,
  hasDueDeliveries,
  isAbsent,
  isSpent,
  type LogoutDelivery,
  nextDue,
  noteDelivery,
  putOffDeliveries,
  settleDelivery,
  stateAfter,
} from '../../records/logouts/index.ts'
import type { Context } from '../context/index.ts'
import { writeLogoutToken } from './logout-token.ts'

export type DeliveryDeps = JobDeps & Pick<Context, 'clients' | 'issuer' | 'keys' | 'outgoing' | 'random'>

const everyMs = 1_000
const mostAtOnce = 8
const mostPerClient = 16
const batchRows = 64
const mostRounds = 20

/** Runs on one node at a time, for as long as the server lives; returns what stops it. */
export function deliverLogouts(deps: DeliveryDeps): () => Promise<void> {
  return runJob(deps, {
    name: 'logout deliveries',
    everyMs,
    isDue: () => hasDueDeliveries(deps.database, deps.clock.now()),
    run: () => deliverDue(deps),
  })
}

/** All that is due now, a few from each client at a time. Two nodes that do it at once share the work: each attempt is claimed. */
export async function deliverDue(deps: DeliveryDeps): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const due = await dueDeliveries(deps.database, deps.clock.now(), mostPerClient, batchRows)
    if (due.length === 0) return
    await deliverAll(deps, due)
  }
}

async function deliverAll(deps: DeliveryDeps, due: readonly LogoutDelivery[]): Promise<void> {
  const absent = new Set<number>()
  const waiting = due[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (const delivery of waiting) {
      // What it has besides was put off already.
      if (!absent.has(delivery.clientRow)) await deliver(deps, delivery, absent)
    }
  }
  await Promise.all(Array.from({ length: mostAtOnce }, worker))
}

async function deliver(deps: DeliveryDeps, delivery: LogoutDelivery, absent: Set<number>): Promise<void> {
  const { clock, database } = deps
  const { id, clientRow } = delivery
  const now = clock.now()
  if (isSpent(delivery, now)) {
    await database.commit([settleDelivery(id, 'given-up', undefined, now)])
    return
  }
  const claimed = await database.commit([claimDelivery(delivery, nextDue(delivery, now), now)])
  if (!claimed.won) return
  const outcome = await attempt(deps, delivery)
  const state = stateAfter(outcome, delivery.attempts + 1)
  const told = outcome.kind === 'answered' ? String(outcome.status) : outcome.fault
  if (isAbsent(outcome)) absent.add(clientRow)
  await database.commit([
    state === 'waiting' ? noteDelivery(id, told) : settleDelivery(id, state, told, clock.now()),
    ...(isAbsent(outcome) ? [putOffDeliveries(clientRow, nextDue(delivery, now), clock.now())] : []),
  ])
}

async function attempt(
  deps: DeliveryDeps,
  { clientRow, subject, sessionId }: LogoutDelivery,
): Promise<DeliveryOutcome> {
  const known = await deps.clients.findByRow(clientRow)
  const target = known?.client.metadata.backchannelLogoutUri
  if (known === undefined || target === undefined) return { kind: 'failed', fault: 'unregistered' }
  const token = await writeLogoutToken(deps, { client: known.client, user: { subject }, sessionId })
  const body = new URLSearchParams({ logout_token: token }).toString()
  const answer = await deps.outgoing.post(target, { type: 'application/x-www-form-urlencoded', body })
  return answer.kind === 'answered' ? answer : { kind: 'failed', fault: answer.fault }
}
