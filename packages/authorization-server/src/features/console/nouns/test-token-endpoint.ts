// An access token to try an API with, in development: the same grant, gate and token as of a real sign-in, made by a person in charge.
import { OAuthError } from '@latchkey/protocol'
import { type Asked, type Entry, type Outcome, reachOf, textOf, type Values } from '../../../platform/console/index.ts'
import { type Client, findClientByRow, hasPowers, listClients } from '../../../records/clients/index.ts'
import {
  findStanding,
  insertGrant,
  type NewGrant,
  newGrantId,
  type Standing,
  standingAllows,
} from '../../../records/grants/index.ts'
import { groupsOf } from '../../../records/groups/index.ts'
import { type User, usersNoun } from '../../../records/users/index.ts'
import type { Context } from '../../context/index.ts'
import { type AccessPlan, decideScopes, planAccess, requestedAudiences, writeGrantAccess } from '../../token/index.ts'
import { whyNotPerson } from '../authority.ts'
import { personNamed, requestOf } from './client-preview-endpoint.ts'
import { changeBy } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }

export async function issueTestToken(context: Context, asked: Asked, entry: Entry, values: Values): Promise<Outcome> {
  const client = await findClientByRow(context.database, Number(entry.id))
  if (client === undefined) return conflict
  const user = await personNamed(context, textOf(values['user'] ?? ''))
  const why = await whyNotFor(context, asked, user)
  if (why !== undefined) return { kind: 'refused', why }
  if (user === undefined) return { kind: 'invalid', errors: { user: ['There is no such person.'] } }
  const standing = await findStanding(context.database, user.id, client.row)
  if (standing === undefined) return conflict
  if (standingAllows(standing, standing).kind === 'refuse') {
    return { kind: 'refused', why: 'The person or the application is disabled: nothing is issued to them.' }
  }
  const access = await planOf(context, client, values)
  return 'kind' in access ? access : issue(context, asked, { client, user, standing, access })
}

/** It acts for the person, as whoever may set their password could: nobody gets at more than they hold. */
async function whyNotFor(context: Context, { actor }: Asked, user: User | undefined): Promise<string | undefined> {
  if (user?.id === actor.id) return undefined
  if (reachOf(actor, await usersNoun(), 'change') !== 'all') {
    return 'A token for somebody else needs the permission users.change: who has it can act for the person.'
  }
  if (user === undefined) return undefined
  const [groups, owned] = await Promise.all([
    groupsOf(context.database, user.id),
    listClients(context.database, user.id),
  ])
  return whyNotPerson(actor, { ...user, groups, ownsPowers: owned.some(hasPowers) })
}

async function planOf(context: Context, client: Client, values: Values): Promise<AccessPlan | Outcome> {
  const { scope, resources } = requestOf(values)
  const longest = Number(values['lifetime'] ?? 900)
  try {
    const scopes = decideScopes(client, scope?.split(' ')).join(' ')
    const access = await planAccess(context, client, scopes, await requestedAudiences(context, resources))
    return { ...access, lifetimeSeconds: Math.min(access.lifetimeSeconds, longest) }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const field = error.code === 'invalid_target' ? 'resources' : 'scopes'
    return { kind: 'invalid', errors: { [field]: [error.message] } }
  }
}

interface TestIssue {
  readonly client: Client
  readonly user: User
  readonly standing: Standing
  readonly access: AccessPlan
}

/** There is no refresh token, no session, and nothing is said of a sign-in: nobody signed in. */
async function issue(context: Context, asked: Asked, { client, user, standing, access }: TestIssue): Promise<Outcome> {
  const grant: NewGrant = {
    ...standing,
    id: newGrantId(context.random, asked.at),
    userId: user.id,
    clientRow: client.row,
    sessionId: undefined,
    scopes: access.scopes,
    audiences: access.audiences.join(' '),
    claims: '',
    isOffline: true,
    authenticatedAt: undefined,
    methods: [],
    createdAt: asked.at,
    expiresAt: asked.at + access.lifetimeSeconds * 1_000,
  }
  const target = String(client.row)
  const told = { noun: 'clients', target, userId: user.id, clientRow: client.row, note: `test token: ${access.scopes}` }
  const result = await context.database.commit([
    changeBy(asked, { kind: 'grant.created', ...told }),
    insertGrant(grant),
  ])
  if (!result.won) return conflict
  const value = await writeGrantAccess(context, { client, user, grant: { ...grant, generation: 0 }, access })
  const hint = `Send it as Authorization: Bearer. It lives for ${access.lifetimeSeconds} seconds, with the scopes: ${access.scopes}`
  return { kind: 'done', shown: [{ label: 'Access token', value, hint }] }
}
