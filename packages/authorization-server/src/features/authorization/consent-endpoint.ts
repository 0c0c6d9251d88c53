// Asks the person, and hears the answer. Nothing that the form sends back is trusted but the id of the open question.
import { formActionSource, isSubset, matchRedirectUri, OAuthError } from '@latchkey/protocol'
import { randomId } from '../../platform/crypto/index.ts'
import { HttpFault, type Incoming, type Parameters, type Reply } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { findConsent, giveConsent, scopesWithoutConsent } from '../../records/consents/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { listScopes } from '../../records/scopes/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import { page, pageContext, requireForm, type SignedIn, visitorOf } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { issueCode } from './code.ts'
import { type ConsentScope, consentPage } from './page.ts'
import { codeResponse, errorResponse, travel } from './response.ts'
import { decideTransaction, findTransaction, insertTransaction } from './store.ts'
import type { AskedAuthorization } from './transaction.ts'

const questionLifetimeMs = 600_000

export async function askConsent(
  context: Context,
  visitor: SignedIn,
  client: Client,
  asked: AskedAuthorization,
  restart: string,
): Promise<Reply> {
  const id = randomId(context.random)
  const transaction = { id, sessionId: visitor.session.id, asked }
  await context.database.commit([insertTransaction(transaction, context.clock.now() + questionLifetimeMs)])
  const consent = await findConsent(context.database, visitor.user.id, client.row)
  const isNew = new Set(scopesWithoutConsent(consent, asked.scopes))
  const seenBefore = consent?.givenAt !== undefined && consent.withdrawnAt === undefined
  const scopes = (await scopesInWords(context, asked.scopes)).map((scope) => ({
    ...scope,
    isNew: seenBefore && isNew.has(scope.scope),
  }))
  const markup = consentPage(pageContext(context, visitor), {
    applicationName: client.name,
    redirect: describeRedirect(asked.redirectUri),
    signedInAs: displayIdentifier(visitor.user),
    scopes,
    transaction: id,
    restart,
  })
  return page(context, visitor, markup, { formTargets: formTargetsOf(asked.redirectUri) })
}

export function formTargetsOf(redirectUri: string): readonly string[] {
  const source = formActionSource(redirectUri)
  return source === undefined ? [] : [source]
}

export function describeRedirect(uri: string): { host: string; uri: string; isLoopback: boolean } {
  const url = URL.parse(uri)
  const host = url === null || url.host === '' ? uri.slice(0, uri.indexOf(':') + 1) : url.host
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  return { host, uri, isLoopback }
}

const changing = /(^|[:._-])(write|change|manage|delete|admin)$/

async function scopesInWords(context: Context, names: readonly string[]): Promise<readonly ConsentScope[]> {
  const known = await listScopes(context.database)
  return names.map((name) => ({
    scope: name,
    description: known.find((scope) => scope.name === name)?.description ?? name,
    effect: changing.test(name) ? 'change' : 'see',
  }))
}

/** The answer to a question that {@link askConsent} put. */
export async function answerConsent(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const form = requireForm(context, request, visitor)
  const transaction = await findTransaction(context.database, form.get('transaction') ?? '')
  if (visitor.kind !== 'signed-in' || transaction === undefined || transaction.sessionId !== visitor.session.id) {
    throw questionIsOver('consent-foreign')
  }
  const { asked, id } = transaction
  const known = await context.clients.findByRow(asked.clientRow)
  const client = known?.client
  // The registration may have changed while the question was open.
  if (client === undefined || !client.enabled || !stillRegistered(client, asked)) throw questionIsOver('client-changed')
  const target = { redirectUri: asked.redirectUri, state: asked.state, issuer: context.issuer }
  if (!allows(form)) {
    if (!(await recordDenial(context, visitor, id))) throw questionIsOver('consent-answered-before')
    return travel('POST', errorResponse(target, new OAuthError('access_denied', undefined, { rule: 'denied' })))
  }
  const consentEpoch = await recordConsent(context, visitor, client, id, asked)
  if (consentEpoch === undefined) throw questionIsOver('consent-answered-before')
  const code = await issueCode(context, client, visitor, asked, consentEpoch)
  if (code === undefined) throw questionIsOver('standing-changed')
  return travel('POST', codeResponse(target, code))
}

/** Whatever is not a clear yes is a no. */
function allows(form: Parameters): boolean {
  return form.get('allow') !== undefined && !form.has('cancel')
}

function stillRegistered(client: Client, asked: AskedAuthorization): boolean {
  return isSubset(asked.scopes, client.scopes) && matchRedirectUri(client.redirectUris, asked.redirectUri)
}

async function recordDenial(context: Context, { session }: SignedIn, id: string): Promise<boolean> {
  return (await context.database.commit([decideTransaction(id, session.id, context.clock.now())])).won
}

/**
 * One commit answers the question once; a second answer, or one from elsewhere, finds it answered.
 * @returns the epoch under which consent was given
 */
async function recordConsent(
  context: Context,
  { user, session }: SignedIn,
  client: Client,
  id: string,
  asked: AskedAuthorization,
): Promise<number | undefined> {
  const now = context.clock.now()
  const known = await findConsent(context.database, user.id, client.row)
  const before = known !== undefined && known.withdrawnAt === undefined ? known.scopes : []
  const result = await context.database.commit([
    decideTransaction(id, session.id, now),
    giveConsent(user.id, client.row, [...new Set([...before, ...asked.scopes])], known, now),
    recordEvent({
      kind: 'consent.given',
      at: now,
      actorId: user.id,
      userId: user.id,
      clientRow: client.row,
      detail: { scopes: asked.scopes },
    }),
  ])
  return result.won ? (known?.epoch ?? 0) : undefined
}

function questionIsOver(rule: string): HttpFault {
  return new HttpFault('forbidden', 'This request has expired or was answered before.', { detail: { rule } })
}
