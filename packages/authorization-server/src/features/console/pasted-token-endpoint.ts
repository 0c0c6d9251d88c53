// What stands behind a token that somebody pasted: the grant of an access or refresh token, the application of a token of its own,
// the session and the person of an ID or logout token. How old it is does not count; that this server made it does.
import { findEntry, type FoundRow } from '../../platform/console/index.ts'
import { readRefreshToken } from '../../records/grants/index.ts'
import { sessionsOf, sidOf } from '../../records/sessions/index.ts'
import { findUserBySubject } from '../../records/users/index.ts'
import { openAccessToken } from '../bearer/index.ts'
import { type Console, type Entered, ownerIn, visibleNouns } from './console.ts'

export async function rowsBehind(here: Console, entered: Entered, token: string): Promise<readonly FoundRow[]> {
  const { keys } = here.context
  const access = await openAccessToken(keys, token)
  if (access?.kind === 'client') return rowIn(here, entered, 'clients', String(access.clientRow))
  const grantId = access?.grantId ?? readRefreshToken(keys.sealer, token)?.grantId
  return grantId === undefined ? behindIdentity(here, entered, token) : rowIn(here, entered, 'grants', grantId)
}

/** A person who has another name for each application is not found by that name. */
async function behindIdentity(here: Console, entered: Entered, token: string): Promise<readonly FoundRow[]> {
  const { context } = here
  const verified = await context.keys.verify(token)
  if (verified === undefined || !['JWT', 'logout+jwt'].includes(String(verified.header['typ']))) return []
  const { aud, sub, sid } = verified.payload
  if (typeof aud !== 'string' || typeof sub !== 'string') return []
  const [known, user] = await Promise.all([context.clients.find(aud), findUserBySubject(context.database, sub)])
  if (known === undefined || user === undefined) return []
  const session = (await sessionsOf(context.database, user.id)).find(({ id }) => sidOf(id, known.client.row) === sid)
  const rows = [
    ...(session === undefined ? [] : [rowIn(here, entered, 'sessions', session.id)]),
    rowIn(here, entered, 'users', String(user.id)),
  ]
  return (await Promise.all(rows)).flat()
}

async function rowIn(here: Console, { asked }: Entered, name: string, id: string): Promise<readonly FoundRow[]> {
  const noun = visibleNouns(here, asked.actor).find((one) => one.name === name)
  if (noun === undefined) return []
  const entry = await findEntry(here.context.database, noun, id, ownerIn(asked.actor, noun, 'view'))
  return entry === undefined ? [] : [{ noun, entry }]
}
