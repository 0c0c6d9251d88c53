// /o/authorize/ by GET, or by POST as OpenID Connect Core §3.1.2.1 asks; a POST with a transaction answers the consent page,
// one with a choice the page that asks for an account.
import { OAuthError } from '@latchkey/protocol'
import { found, HttpFault, type Incoming, Parameters, type Reply, seeOther } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { scopesWithoutConsent } from '../../records/consents/index.ts'
import { findAuthorizationBasis } from '../../records/grants/index.ts'
import { pageFace, toSignIn, type Visitor, visitorOf } from '../browser/index.ts'
import { acrValues } from '../claims/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { requestedAudiences } from '../token/index.ts'
import { advertised } from './advertised.ts'
import { answerAccount, askAccount, choiceField } from './account-endpoint.ts'
import { type Beginning, beginningOf, isChoice, returnPath } from './beginning.ts'
import { answerConsent, askConsent } from './consent-endpoint.ts'
import { deliverSuccess, recipientOf } from './deliver.ts'
import { demandsOf, type SignInDemands } from './demands.ts'
import { hintedSubject } from './hint.ts'
import { issueMembers } from './issue.ts'
import { type NextStep, nextStep } from './next-step.ts'
import { refuse } from './refusal-endpoint.ts'
import { type Destination, destinationFor, findAskingClient, findDestination, readRequest } from './request.ts'
import { signInFacts } from './sign-in-facts.ts'
import { carriesRequestObject, unpackRequest } from './unpacking.ts'

export function authorizationFeature(context: Context): Feature {
  const path = '/o/authorize/'
  const face = pageFace(context)
  return {
    name: 'authorization',
    routes: [
      { method: 'GET', path, face, direct: true, handle: (request) => authorize(context, request, queryOf(request)) },
      {
        method: 'POST',
        path,
        face,
        handle: (request) => {
          const form = formOf(request)
          if (form.has('transaction')) return answerConsent(context, request)
          return form.has(choiceField) ? answerAccount(context, request) : authorize(context, request, form)
        },
      },
    ],
    describes: {
      [path]: {
        purpose: 'Asks a person to sign in and consent, and sends them back to the client with a code.',
        caller: 'anyone',
        spec: 'RFC 6749 §3.1, §4.1.1; OpenID Connect Core §3.1.2',
      },
    },
    metadata: {
      authorization_endpoint: `${context.publicUrl}${path}`,
      code_challenge_methods_supported: ['S256'],
      prompt_values_supported: [
        'none',
        'login',
        'consent',
        'select_account',
        ...(context.identity.signUp ? ['create'] : []),
      ],
      display_values_supported: ['page', 'popup', 'touch', 'wap'],
      ui_locales_supported: ['en'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
    },
    currentMetadata: async (fixed) => advertised(fixed, await context.clients.switchedOn()),
  }
}

function queryOf(request: Incoming): Parameters {
  if (request.queryFault === undefined) return request.query
  throw new HttpFault('bad-request', request.queryFault, { detail: { rule: 'query' } })
}

function formOf(request: Incoming): Parameters {
  if (request.body.kind === 'form') return request.body.parameters
  if (request.body.kind === 'none') return Parameters.empty
  throw new HttpFault('bad-request', 'The form could not be read.', { detail: { rule: 'form-unreadable' } })
}

async function authorize(context: Context, request: Incoming, sent: Parameters): Promise<Reply> {
  const begun = beginningOf(context.keys.sealer, sent, context.clock.now())
  const visitor = await visitorOf(context, request)
  let { parameters } = begun
  let destination: Destination | undefined
  try {
    if (carriesRequestObject(parameters)) {
      const client = await findAskingClient(context, parameters)
      destination = destinationBeside(client, parameters)
      parameters = await unpackRequest(context, client, parameters)
      destination = undefined
    }
    destination = await findDestination(context, parameters)
    return await proceed(context, request.method, { visitor, destination, parameters, beginning: begun.beginning })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return refuse(context, request, { visitor, destination, parameters }, error)
  }
}

/** For a fault of the request object itself: the address beside it, if it is a good one. */
function destinationBeside(client: Client, parameters: Parameters): Destination | undefined {
  try {
    return destinationFor(client, parameters)
  } catch (error) {
    // There may be none beside it at all; then the fault stays on our page.
    if (error instanceof OAuthError) return undefined
    throw error
  }
}

interface Arrival {
  readonly visitor: Visitor
  readonly destination: Destination
  readonly parameters: Parameters
  readonly beginning: Beginning
}

async function proceed(context: Context, method: string, arrival: Arrival): Promise<Reply> {
  const { visitor, destination, parameters, beginning } = arrival
  const { client } = destination
  const { request, asked: form } = readRequest(destination, parameters)
  // A form of another site comes without our cookie (SameSite=Lax), which says nothing of who is signed in: the same again, by GET.
  if (method === 'POST' && visitor.kind === 'anonymous') {
    return seeOther(returnPath(context.keys.sealer, parameters, beginning))
  }
  const hinted = request.idTokenHint && (await hintedSubject(context, client, request.idTokenHint))
  const audiences = await requestedAudiences(context, request.resources)
  const asked = { ...form, audiences, demands: demandsOf(request, client.metadata, hinted) }
  const signedIn = visitor.kind === 'signed-in' ? visitor : undefined
  const basis = signedIn && (await findAuthorizationBasis(context.database, signedIn.user.id, client.row))
  const consent = basis?.consent
  const { startedAt } = beginning
  const facts = {
    ...signInFacts(context, client, signedIn, asked.demands),
    startedAt,
    accountChosen: signedIn !== undefined && isChoice(beginning, signedIn.session.id),
    consent: client.consent,
    scopesWithoutConsent: scopesWithoutConsent(consent, asked.scopesToAllow),
  }
  const step = nextStep(facts, context.clock.now())
  if (step.kind === 'refuse') throw refusedStep(step, asked.demands)
  if (step.kind === 'issue' && signedIn !== undefined) {
    const reliedOn = basis && { consentEpoch: consent?.epoch ?? 0, standing: basis.standing }
    const members = reliedOn && (await issueMembers(context, client, signedIn, asked, reliedOn))
    if (members !== undefined) {
      return deliverSuccess(context, signedIn, method, recipientOf(context, client, asked), members)
    }
    if (request.prompt.has('none')) throw new OAuthError('login_required', undefined, { rule: 'standing-changed' })
  }
  const restart = returnPath(context.keys.sealer, parameters, beginning)
  if (step.kind === 'sign-up') return found(`/accounts/signup/?next=${encodeURIComponent(restart)}`)
  if (step.kind === 'choose-account' && signedIn !== undefined) {
    return askAccount(context, signedIn, client, asked.redirectUri, restart)
  }
  if (step.kind === 'consent' && signedIn !== undefined) {
    return askConsent(context, signedIn, client, { asked, startedAt, restart })
  }
  return method === 'POST' ? seeOther(restart) : toSignIn(restart)
}

const differences: Readonly<Record<string, string>> = {
  'prompt-none-not-signed-in': 'nobody is signed in',
  'prompt-none-other-person': 'somebody else is signed in',
  'prompt-none-sign-in-too-old': 'the sign-in is older than the request allows',
  'prompt-none-no-consent': 'the person has not allowed all of it yet',
}

function refusedStep(step: Extract<NextStep, { kind: 'refuse' }>, { acrValues: wanted }: SignInDemands): OAuthError {
  const { code, rule } = step
  const difference = differences[rule]
  const detail = {
    ...(difference === undefined ? {} : { difference }),
    ...(rule === 'acr-not-on-offer'
      ? { sent: (wanted ?? []).join(' ').slice(0, 2_048), registered: acrValues.join(' ') }
      : {}),
  }
  return new OAuthError(code, undefined, { rule, detail })
}
