// What follows the end of a session, whoever ended it: the page that tells the clients by frames, the way back, or both.
// OpenID Connect Front-Channel Logout §2; OpenID Connect RP-Initiated Logout §3.
import { formActionSource } from '@latchkey/protocol'
import { found, type Incoming, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import { sessionClientsOf } from '../../records/logouts/index.ts'
import { clearedSessionCookies, page, pageContext, type Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { type LogoutFrame, logoutFrames, type PartyOfSession } from './frames.ts'
import { signedOutPage } from './page.ts'
import type { WayBack } from './steps.ts'
import { openTicket, sealTicket, type SignedOutTicket } from './ticket.ts'

export const signOutPath = '/accounts/logout/'

/** Long enough for the frames of a slow client, and nobody waits for it who presses the button. */
const returnAfterSeconds = 4

/** The clients of a session that want to learn of its end. */
export async function partiesOf(context: Context, sessionId: string): Promise<readonly PartyOfSession[]> {
  const rows = new Set((await sessionClientsOf(context.database, sessionId)).map(({ clientRow }) => clientRow))
  const known = await Promise.all([...rows].map((row) => context.clients.findByRow(row)))
  return known.flatMap((one) => (one === undefined ? [] : [one.client]))
}

async function framesOf(context: Context, sessionId: string): Promise<readonly LogoutFrame[]> {
  const sessionClients = await sessionClientsOf(context.database, sessionId)
  if (sessionClients.length === 0) return []
  return logoutFrames(sessionClients, await partiesOf(context, sessionId), context.issuer)
}

/** For a session that has just ended: forgets it in this browser, and goes where it leads from here. */
export async function afterSignOut(
  context: Context,
  { method }: Pick<Incoming, 'method'>,
  ended: SignedOutTicket,
): Promise<Reply> {
  const { back } = ended
  const frames = await framesOf(context, ended.sessionId)
  const isDone = frames.length === 0 && back.kind !== 'link'
  const location = isDone ? (back.kind === 'none' ? signOutPath : back.uri) : ticketPath(context, ended)
  const cookies = { 'set-cookie': clearedSessionCookies(context) }
  return method === 'POST' ? seeOther(location, cookies) : found(location, cookies)
}

function ticketPath(context: Context, ended: SignedOutTicket): string {
  return `${signOutPath}?done=${sealTicket(context.keys.sealer, ended, context.clock.now())}`
}

/** The page for whoever is not signed in any more, or never was. */
export async function showSignedOut(context: Context, visitor: Visitor, text: string | undefined): Promise<Reply> {
  const ticket = text === undefined ? undefined : openTicket(context.keys.sealer, text, context.clock.now())
  if (ticket === undefined)
    return signedOutReply(context, visitor, { back: { kind: 'none' }, name: undefined, frames: [] })
  const { clientRow, back } = ticket
  const known = clientRow === undefined ? undefined : await context.clients.findByRow(clientRow)
  const frames = ticket.sessionId === '' ? [] : await framesOf(context, ticket.sessionId)
  return signedOutReply(context, visitor, { back, name: known?.client.name, frames })
}

export interface SignedOut {
  readonly back: WayBack
  /** The client to which the way leads. */
  readonly name: string | undefined
  readonly frames: readonly LogoutFrame[]
}

export function signedOutReply(context: Context, visitor: Visitor, { back, name, frames }: SignedOut): Reply {
  const isAutomatic = back.kind === 'redirect'
  const shown = back.kind === 'none' ? undefined : { name, href: back.uri, isAutomatic }
  const markup = signedOutPage(pageContext(context, visitor), { signInHref: '/accounts/login/', back: shown, frames })
  const reply = page(context, visitor, markup, {
    frameSources: frames.flatMap(({ src }) => formActionSource(src) ?? []),
  })
  // Without scripts, too, the person comes back to where they were.
  return isAutomatic ? withHeaders(reply, { refresh: `${returnAfterSeconds}; url=${back.uri}` }) : reply
}
