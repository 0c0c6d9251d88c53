// /o/authorize/ by GET, or by POST as OpenID Connect Core §3.1.2.1 asks; a POST with a transaction answers the consent page.
import { errorDelivery, OAuthError, oauthErrors } from '@latchkey/protocol'
import {
  found,
  HttpFault,
  type Incoming,
  MalformedForm,
  Parameters,
  parseForm,
  type Reply,
  withHeaders,
} from '../../platform/http/index.ts'
import { findConsent, scopesWithoutConsent } from '../../records/consents/index.ts'
import { page, pageContext, pageFace, toSignIn, type Visitor, visitorOf } from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { beginningOf, returnPath } from './beginning.ts'
import { issueCode } from './code.ts'
import { answerConsent, askConsent, describeRedirect, formTargetsOf } from './consent-endpoint.ts'
import { authorizeErrorPage } from './error-page.ts'
import { nextStep } from './next-step.ts'
import { type Destination, findDestination, readRequest, requestPolicy } from './request.ts'
import { explainRefusal } from './refusal-details.ts'
import { codeResponse, errorResponse, travel } from './response.ts'

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
          return form.has('transaction') ? answerConsent(context, request) : authorize(context, request, form)
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
      response_types_supported: requestPolicy.responseTypes,
      response_modes_supported: requestPolicy.responseModes,
      code_challenge_methods_supported: ['S256'],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account', 'create'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    },
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
  const { parameters, startedAt } = beginningOf(context.keys.sealer, sent, context.clock.now())
  const visitor = await visitorOf(context, request)
  let destination: Destination | undefined
  try {
    destination = await findDestination(context, parameters)
    return await proceed(context, request, visitor, destination, parameters, startedAt)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return refuse(context, request, visitor, destination, parameters, error)
  }
}

async function proceed(
  context: Context,
  { method }: Incoming,
  visitor: Visitor,
  destination: Destination,
  parameters: Parameters,
  startedAt: number,
): Promise<Reply> {
  const { request, asked } = readRequest(destination, parameters)
  const { client } = destination
  const signedIn = visitor.kind === 'signed-in' ? visitor : undefined
  const consent = signedIn && (await findConsent(context.database, signedIn.user.id, client.row))
  const step = nextStep(
    {
      prompt: request.prompt,
      maxAgeSeconds: request.maxAgeSeconds,
      startedAt,
      authenticatedAt: signedIn?.session.authenticatedAt,
      consent: client.consent,
      scopesWithoutConsent: scopesWithoutConsent(consent, asked.scopes),
    },
    context.clock.now(),
  )
  if (step.kind === 'refuse') {
    throw new OAuthError(step.code, undefined, { rule: step.rule, detail: { client_id: client.clientId } })
  }
  const back = returnPath(context.keys.sealer, parameters, startedAt)
  if (step.kind === 'sign-up') return found(`/accounts/signup/?next=${encodeURIComponent(back)}`)
  if (step.kind === 'sign-in' || signedIn === undefined) return toSignIn(back)
  if (step.kind === 'consent') return askConsent(context, signedIn, client, asked, back)
  const code = await issueCode(context, client, signedIn, asked, consent?.epoch ?? 0)
  if (code === undefined) return toSignIn(back)
  const target = { redirectUri: asked.redirectUri, state: asked.state, issuer: context.issuer }
  return travel(method, codeResponse(target, code))
}

/** To the client where its address is proven and the error may travel; else a page that says what is wrong to the right reader. */
async function refuse(
  context: Context,
  request: Incoming,
  visitor: Visitor,
  destination: Destination | undefined,
  parameters: Parameters,
  error: OAuthError,
): Promise<Reply> {
  const incident = context.incidents.report(error, request)
  const header = { 'latchkey-incident': incident }
  if (destination !== undefined && error.mayRedirect) {
    const { state } = errorDelivery(parameters, requestPolicy)
    const target = { redirectUri: destination.redirectUri, state, issuer: context.issuer }
    return withHeaders(travel(request.method, errorResponse(target, error)), header)
  }
  const markup = authorizeErrorPage(pageContext(context, visitor), {
    kind: pageKinds[error.rule ?? ''] ?? 'malformed',
    code: error.code,
    description: error.description ?? oauthErrors[error.code].meaning,
    incident,
    developer: await explainRefusal(context, visitor, error),
  })
  return withHeaders(page(context, visitor, markup, { status: error.status }), header)
}

const pageKinds: Readonly<Record<string, 'unknown-client' | 'redirect-mismatch'>> = {
  'client-unknown': 'unknown-client',
  'client-disabled': 'unknown-client',
  'redirect-uri-not-registered': 'redirect-mismatch',
  'redirect-uri-missing': 'redirect-mismatch',
}

/** What waits behind a path that the sign-in page was given: shown there, and allowed as the end of its form. */
export async function pendingApplication(
  context: Context,
  path: string,
): Promise<
  | { readonly application: { readonly name: string; readonly host: string }; readonly formTargets: readonly string[] }
  | undefined
> {
  const at = path.indexOf('?')
  if (at < 0 || path.slice(0, at).replace(/\/$/, '') !== '/o/authorize') return undefined
  try {
    const { parameters } = beginningOf(context.keys.sealer, parseForm(path.slice(at + 1)), context.clock.now())
    const { client, redirectUri } = await findDestination(context, parameters)
    const { host } = describeRedirect(redirectUri)
    return { application: { name: client.name, host }, formTargets: formTargetsOf(redirectUri) }
  } catch (error) {
    // A broken request has nobody waiting behind it; its own page will say what is wrong.
    if (error instanceof OAuthError || error instanceof MalformedForm) return undefined
    throw error
  }
}
