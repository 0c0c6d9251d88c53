// Who may see why a request was refused: the owner of the client, and administrators. Strangers never see registered URIs.
import type { OAuthError } from '@latchkey/protocol'
import type { User } from '../../records/users/index.ts'
import { formToken, type Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { clauseOf } from '../refusals/index.ts'
import type { RefusalDetails } from './error-page.ts'

export async function explainRefusal(
  context: Context,
  visitor: Visitor,
  error: OAuthError,
): Promise<RefusalDetails | undefined> {
  const clientId = error.detail['client_id']
  const known = clientId === undefined ? undefined : await context.clients.find(clientId)
  if (known === undefined || visitor.kind === 'anonymous' || !mayManage(visitor.user, known.client.ownerId))
    return undefined
  const { sent, registered, difference } = error.detail
  const details: RefusalDetails = {
    rule: error.message,
    clause: clauseOf(error),
    sent,
    registered,
    difference,
  }
  if (error.rule !== 'redirect-uri-not-registered' || sent === undefined) return details
  const fix = {
    action: `/o/applications/${known.client.row}/add-redirect-uri/`,
    csrf: formToken(context, visitor),
    label: 'Register this address',
    hidden: { uri: sent },
  }
  return { ...details, fix }
}

function mayManage(user: User, ownerId: number | undefined): boolean {
  return user.isSuperuser || user.id === ownerId
}
