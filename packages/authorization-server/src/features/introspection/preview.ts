// What introspection would answer of a token that nobody issued. RFC 7662 §2.2: the same view, of facts as a sign-in now would leave.
import type { IntrospectionResponse } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import type { GrantFacts } from '../../records/grants/index.ts'
import { subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'
import { viewFor } from './view.ts'

export interface PreviewedToken {
  readonly client: Client
  readonly user: GrantFacts['user']
  readonly standing: GrantFacts['standing']
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  readonly lifetimeSeconds: number
  readonly methods: readonly string[]
}

/** As an API sees it that may ask about any token. */
export function previewIntrospection(
  context: Pick<Context, 'clock' | 'issuer' | 'keys'>,
  { client, user, standing, scopes, audiences, lifetimeSeconds, methods }: PreviewedToken,
): IntrospectionResponse {
  const now = context.clock.now()
  const expiresAt = now + lifetimeSeconds * 1_000
  const grant = { generation: 0, accessNotBeforeGeneration: 0, authenticatedAt: now, expiresAt, endedAt: undefined }
  const isPairwise = client.metadata.subjectType !== 'public'
  return viewFor(
    { clientId: client.clientId, right: 'any' },
    {
      kind: 'user',
      token: {
        kind: 'grant',
        tokenId: '',
        scopeSetId: 0,
        audienceSetId: 0,
        issuedAt: now,
        expiresAt,
        grantId: '',
        generation: 0,
      },
      scopes: scopes.join(' '),
      audiences: audiences.join(' '),
      view: {
        grant: { ...standing, ...grant, clientRow: client.row, methods },
        standing,
        user,
        clientId: client.clientId,
        mayBePairwise: isPairwise,
      },
    },
    {
      issuer: context.issuer,
      isForCaller: false,
      pairwiseSubject: isPairwise ? subjectFor(context, client, user) : undefined,
    },
  )
}
