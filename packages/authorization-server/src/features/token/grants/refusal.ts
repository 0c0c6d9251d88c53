// invalid_grant says the same to every caller; which of its many causes it was is for our record.
import { OAuthError } from '@latchkey/protocol'

export function invalidGrant(rule: string, clientId: string, description?: string): OAuthError {
  return new OAuthError('invalid_grant', description, { rule, detail: { client_id: clientId } })
}
