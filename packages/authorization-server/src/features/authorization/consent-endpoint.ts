// Asks the person, and hears the answer. Nothing that the form sends back is trusted but the id of the open question.
import { isSubset, matchRedirectUri, OAuthError } from '@latchkey/protocol'
import { randomId } from '../../platform/crypto/index.ts'
import {
  HttpFault,
  type Incoming,
  type Parameters,
  type Reply,
  seeOther,
  withHeaders,
} from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { findConsent, giveConsent, scopesWithoutConsent } from '../../records/consents/index.ts'
import { findStanding } from '../../records/grants/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { isUnchecked } from '../../records/registrations/index.ts'
import { listScopes } from '../../records/scopes/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import { brandOf } from '../branding/index.ts'
import { page, pageContext, requireForm, type SignedIn, visitorOf } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { describeRedirect, formTargetsOf } from './addresses.ts'
import { deliver, deliverSuccess, type Recipient, recipientOf } from './deliver.ts'
import { issueMembers } from './issue.ts'
import { nextStep } from './next-step.ts'
import { type ConsentScope, consentPage } from './page.ts'
import { policyOf } from './request.ts'
import { errorMembers } from './response.ts'
import { signInFacts } from './sign-in-facts.ts'
import { decideTransaction, findTransaction, insertTransaction } from './store.ts'
import type { AskedAuthorization, AuthorizationTransaction } from './transaction.ts'

const questionLifetimeMs = 600_000

export async function askConsent(
  context: Context,
  visitor: SignedIn,
  client: Client,
  question: Pick<AuthorizationTransaction, 'asked' | 'startedAt' | 'restart'>,
): Promise<Reply> {
  const { asked, restart } = question
  const id = randomId(context.random)
  const transaction = { id, sessionId: visitor.session.id, ...question }
  await context.database.commit([insertTransaction(transaction, context.clock.now() + questionLifetimeMs)])
  const consent = await findConsent(context.database, visitor.user.id, client.row)
  const isNew = new Set(scopesWithoutConsent(consent, asked.scopesToAllow))
  const seenBefore = consent?.givenAt !== undefined && consent.withdrawnAt === undefined
  const scopes = (await scopesInWords(context, asked.scopesToAllow)).map((scope) => ({
    ...scope,
    isNew: seenBefore && isNew.has(scope.scope),
  }))
  const markup = consentPage(pageContext(context, visitor), {
    applicationName: client.name,
    brand: brandOf(client),
    isUnchecked: await isUnchecked(context.database, client.row),
    redirect: describeRedirect(asked.redirectUri),
    signedInAs: displayIdentifier(visitor.user),
    scopes,
    transaction: id,
    restart,
  })
  return page(context, visitor, markup, { formTargets: formTargetsOf(asked.redirectUri) })
}

const changing = /(^|[:._-])(write|change|manage|delete|admin|console)$/

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
  const recipient = recipientOf(context, client, asked)
  if (!allows(form)) {
    if (!(await recordDenial(context, visitor, id))) throw questionIsOver('consent-answered-before')
    const denied = new OAuthError('access_denied', undefined, { rule: 'denied' })
    return deliver(context, visitor, 'POST', recipient, errorMembers(denied))
  }
  if (!signInStillHolds(context, client, visitor, transaction)) return seeOther(transaction.restart)
  const consentEpoch = await recordConsent(context, visitor, client, id, asked)
  if (consentEpoch === undefined) throw questionIsOver('consent-answered-before')
  return deliverIssued(context, client, visitor, asked, recipient, consentEpoch).catch((error: unknown) => {
    if (!(error instanceof OAuthError)) throw error
    const incident = context.incidents.report(error, request)
    return withHeaders(deliver(context, visitor, 'POST', recipient, errorMembers(error)), {
      'latchkey-incident': incident,
    })
  })
}

async function deliverIssued(
  context: Context,
  client: Client,
  visitor: SignedIn,
  asked: AskedAuthorization,
  recipient: Recipient,
  consentEpoch: number,
): Promise<Reply> {
  const standing = await findStanding(context.database, visitor.user.id, client.row)
  const members = standing && (await issueMembers(context, client, visitor, asked, { consentEpoch, standing }))
  if (members === undefined) throw questionIsOver('standing-changed')
  return deliverSuccess(context, visitor, 'POST', recipient, members)
}

/** What was demanded of the sign-in at the beginning is demanded at the end: a yes from one that grew too old is not heard. */
function signInStillHolds(
  context: Context,
  client: Client,
  visitor: SignedIn,
  { asked, startedAt }: AuthorizationTransaction,
): boolean {
  const { prompt, ...demands } = asked.demands
  // The consent that it asks for is given now, and the account was chosen before the question was put.
  const left = prompt.filter((value) => value !== 'consent' && value !== 'select_account')
  const facts = {
    ...signInFacts(context, client, visitor, { ...demands, prompt: left }),
    startedAt,
    accountChosen: true,
    consent: 'skip',
    scopesWithoutConsent: [],
  } as const
  return nextStep(facts, context.clock.now()).kind === 'issue'
}

/** Whatever is not a clear yes is a no. */
function allows(form: Parameters): boolean {
  return form.get('allow') !== undefined && !form.has('cancel')
}

function stillRegistered(client: Client, asked: AskedAuthorization): boolean {
  return (
    isSubset(asked.scopes, client.scopes) &&
    matchRedirectUri(client.redirectUris, asked.redirectUri) &&
    policyOf(client).responseTypes.includes(asked.responseType)
  )
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
    giveConsent(user.id, client.row, [...new Set([...before, ...asked.scopesToAllow])], known, now),
    recordEvent({
      kind: 'consent.given',
      at: now,
      actorId: user.id,
      userId: user.id,
      clientRow: client.row,
      detail: { scopes: asked.scopesToAllow },
    }),
  ])
  return result.won ? (known?.epoch ?? 0) : undefined
}

function questionIsOver(rule: string): HttpFault {
  return new HttpFault('forbidden', 'This request has expired or was answered before.', { detail: { rule } })
}
