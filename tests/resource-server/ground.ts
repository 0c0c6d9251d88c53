// What the tests of the guard share: a request, and an API over an issuer in the process.
import {
  type Api,
  type Decision,
  type GuardRequest,
  protect,
  type ProtectOptions,
  type Rule,
} from '@latchkey/resource-server'
import { createTestIssuer, type TestIssuer } from '@latchkey/resource-server/testing'

export type TestScope = 'read' | 'write' | 'music:read' | 'music:write'
export const testScopes = ['read', 'write', 'music:read', 'music:write'] as const

export function requestOf(
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  url = '/',
  params: Readonly<Record<string, unknown>> = {},
): GuardRequest {
  return { method, url, params, header: (name) => headers[name] }
}

export function bearing(token: string, method = 'GET', url = '/'): GuardRequest {
  return requestOf({ authorization: `Bearer ${token}` }, method, url)
}

export interface Ground {
  readonly idp: TestIssuer
  readonly api: Api<TestScope>
  check(token: string, rule?: Rule | TestScope, method?: string): Promise<Decision<TestScope>>
  /** The status that a request with the token gets; 200 when it may pass. */
  status(token: string, rule?: Rule | TestScope, method?: string): Promise<number>
}

export async function groundWith(options: Partial<ProtectOptions<TestScope>> = {}): Promise<Ground> {
  const idp = await createTestIssuer()
  const api = protect({ ...idp.options, scopes: testScopes, ...options })
  const check: Ground['check'] = async (token, rule = api.authenticated(), method = 'GET') =>
    api.check(bearing(token, method), rule)
  return { idp, api, check, status: async (...request) => statusOf(await check(...request)) }
}

export function statusOf(decision: Decision): number {
  return decision.allowed ? 200 : decision.status
}

export function challengeOf(decision: Decision): string {
  return decision.allowed ? '' : (decision.headers['www-authenticate'] ?? '')
}
