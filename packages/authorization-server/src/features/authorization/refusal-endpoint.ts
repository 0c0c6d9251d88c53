// A refused request: to the client where its address is proven and the error may travel, by the way that the request asked for;
// else a page that says what is wrong to the right reader. RFC 6749 §4.1.2.1; RFC 9700 §4.11.2.
import { errorDelivery, OAuthError, oauthErrors } from '@latchkey/protocol'
import { type Incoming, type Parameters, type Reply, withHeaders } from '../../platform/http/index.ts'
import { page, pageContext, type Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { deliver, recipientOf } from './deliver.ts'
import { authorizeErrorPage } from './error-page.ts'
import { explainRefusal } from './refusal-details.ts'
import { type Destination, policyOf, takesForms } from './request.ts'
import { errorMembers } from './response.ts'

export interface Refused {
  readonly visitor: Visitor
  /** undefined until the client and its redirect URI are proven. */
  readonly destination: Destination | undefined
  readonly parameters: Parameters
}

export async function refuse(context: Context, request: Incoming, refused: Refused, cause: OAuthError): Promise<Reply> {
  const { visitor, destination, parameters } = refused
  const error = destination === undefined ? cause : ofClient(cause, destination.client.clientId)
  const incident = context.incidents.report(error, request)
  const header = { 'latchkey-incident': incident }
  if (destination !== undefined && error.mayRedirect) {
    const { client, redirectUri } = destination
    const asked = errorDelivery(parameters, policyOf(client))
    const responseMode = asked.responseMode === 'form_post' && !takesForms(redirectUri) ? 'query' : asked.responseMode
    const recipient = recipientOf(context, client, { redirectUri, responseMode, state: asked.state })
    // The browser keeps the header to itself; the client shows its person the id, or ignores what it does not know.
    const members = [...errorMembers(error), ['latchkey_incident', incident] as const]
    return withHeaders(deliver(context, visitor, request.method, recipient, members), header)
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

/** With the client's name in its record, so that its owner finds it. */
function ofClient(error: OAuthError, clientId: string): OAuthError {
  const { code, description, rule, detail, mayRedirect, status } = error
  if (detail['client_id'] !== undefined) return error
  return new OAuthError(code, description, {
    rule,
    detail: { client_id: clientId, ...detail },
    mayRedirect,
    status,
    cause: error,
  })
}

const pageKinds: Readonly<Record<string, 'unknown-client' | 'redirect-mismatch'>> = {
  'client-unknown': 'unknown-client',
  'client-disabled': 'unknown-client',
  'redirect-uri-not-registered': 'redirect-mismatch',
  'redirect-uri-missing': 'redirect-mismatch',
}
