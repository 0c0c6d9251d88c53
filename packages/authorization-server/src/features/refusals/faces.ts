// One error, several faces. A route names its face; nobody guesses one from the request, except an API that also has pages.
import { basicChallenge, bearerChallenge, type OAuthError } from '@latchkey/protocol'
import { type Face, HttpFault, jsonReply, noStore, withHeaders } from '../../platform/http/index.ts'
import { asOAuthError } from './translate.ts'

/** RFC 6749 §5.2. A 401 names the scheme that the client used; one that sent its secret in the body is told of Basic. */
export const oauthJson: Face = ({ error }, request) => {
  const refused = asOAuthError(error)
  const reply = jsonReply(refused.error.status, refused.error.toJSON(), { ...noStore, ...refused.headers })
  if (refused.error.status !== 401) return reply
  const usedBearer = /^bearer /i.test(request.headers.authorization ?? '')
  const challenge = usedBearer
    ? bearerChallenge({ realm: 'latchkey', error: 'invalid_token' })
    : basicChallenge('latchkey')
  return withHeaders(reply, { 'www-authenticate': challenge })
}

/** RFC 6750 §3: the challenge says what is wrong with the token; a request without one is only told how to come again. */
export const bearer: Face = ({ error }) => {
  const refused = asOAuthError(error)
  const reply = jsonReply(refused.error.status, refused.error.toJSON(), { ...noStore, ...refused.headers })
  const { status } = refused.error
  if (status !== 401 && status !== 403) return reply
  const noToken = refused.error.rule === 'token-missing'
  return withHeaders(reply, {
    'www-authenticate': bearerChallenge({
      realm: 'latchkey',
      ...(noToken ? {} : { error: refused.error.code, description: refused.error.message }),
      ...scopesOf(refused.error),
    }),
  })
}

function scopesOf(error: OAuthError): { readonly scopes?: readonly string[] } {
  const scope = error.detail['scope']
  return scope === undefined ? {} : { scopes: scope.split(' ') }
}

/** The messages of a field; an object only where a compatibility switch wants one. */
export type FieldMessages = readonly string[] | Readonly<Record<string, string>>

/** A form of Django REST framework refused: a list of messages for each field. */
export class FieldErrors extends Error {
  readonly fields: Readonly<Record<string, FieldMessages>>
  constructor(fields: Readonly<Record<string, FieldMessages>>) {
    super('The form has errors.')
    this.fields = fields
  }
}

const djangoWords: Readonly<Record<string, string>> = {
  'not-found': 'Not found.',
  'not-acceptable': 'Could not satisfy the request Accept header.',
  forbidden: 'You do not have permission to perform this action.',
}

/** What Django REST framework answers: `{field: [...]}` for a form, `{detail}` for all else. */
export const django: Face = ({ error }, request) => {
  if (error instanceof FieldErrors) return jsonReply(400, error.fields)
  if (error instanceof HttpFault) {
    const detail =
      error.kind === 'method-not-allowed'
        ? `Method "${request.method}" not allowed.`
        : (djangoWords[error.kind] ?? error.message)
    return jsonReply(error.status, { detail }, { ...noStore, ...error.headers })
  }
  const { error: refused, headers } = asOAuthError(error)
  if (refused.code === 'insufficient_scope' || refused.code === 'access_denied') {
    return jsonReply(403, { detail: djangoWords['forbidden'] }, { ...noStore, ...headers })
  }
  if (refused.code !== 'invalid_token') {
    return jsonReply(refused.status, { detail: refused.message }, { ...noStore, ...headers })
  }
  const challenge = {
    realm: 'api',
    ...(refused.rule === 'token-missing' ? {} : { error: refused.code, description: refused.message }),
  }
  return jsonReply(
    401,
    { detail: 'Authentication credentials were not provided.' },
    { ...noStore, 'www-authenticate': bearerChallenge(challenge, 'django') },
  )
}
