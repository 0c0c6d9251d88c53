// Type tests, checked by `tsc` alone: what must not compile is marked, and a mark that is not needed is an error.
import type { Auth } from '@latchkey/resource-server'
import { protect } from '@latchkey/resource-server'
import { expressGuard } from '@latchkey/resource-server/express'
import { fastifyGuard } from '@latchkey/resource-server/fastify'
import { fetchGuard } from '@latchkey/resource-server/fetch'
import { honoGuard } from '@latchkey/resource-server/hono'
import { koaGuard } from '@latchkey/resource-server/koa'
import { nextGuard } from '@latchkey/resource-server/next'
import { Hono } from 'hono'
import { z } from 'zod'

const common = { issuer: 'https://id.example', audience: 'https://api.example' } as const

/** Never called: only its types count. */
export function scopesAndClaimsAreTyped(): void {
  const api = protect({
    ...common,
    scopes: ['items:read', 'items:write', 'art:read'],
    claims: z.object({ org_id: z.string() }),
  })
  api.requires('items:read', 'art:read')
  // @ts-expect-error -- a mistyped scope does not compile
  api.requires('items:raed')
  // @ts-expect-error -- a rule needs a scope; for none there is authenticated()
  api.requires()
  api.readWrite('items')
  // @ts-expect-error -- there is no art:write
  api.readWrite('art')
  // @ts-expect-error -- this API has no scopes `read` and `write` of their own
  api.readWrite()
  protect({ ...common, scopes: ['read', 'write'] }).readWrite()
  // @ts-expect-error -- the audience is required: no API accepts every token of an issuer by accident
  protect({ issuer: common.issuer, scopes: [] })
  // @ts-expect-error -- an API with typed claims needs them of a session as well
  protect({ ...common, scopes: [], claims: z.object({ org_id: z.string() }), session: () => ({ user: staff }) })

  const expressed = expressGuard(api)
  expressed('items:read')
  const organisation: string = expressed.auth({}).claims.org_id
  // @ts-expect-error -- the schema has no such claim
  const nothing: unknown = expressed.auth({}).claims.org
  api.allow(api.authenticated(), ({ claims }) => claims.org_id === organisation && nothing === undefined)
  // @ts-expect-error -- in every adapter
  expressed('items:raed')
  // @ts-expect-error -- in every adapter
  fastifyGuard(api)('items:raed')
  // @ts-expect-error -- in every adapter
  koaGuard(api)('items:raed')
  // @ts-expect-error -- in every adapter
  honoGuard(api)('items:raed')
  // @ts-expect-error -- in every adapter
  nextGuard(api)('items:raed', () => new Response())
  // @ts-expect-error -- in every adapter
  fetchGuard(api)('items:raed', () => new Response())

  new Hono().get('/', honoGuard(api)('items:read'), (c) => c.json({ organisation: c.var.auth.claims.org_id }))
  fetchGuard(api)('items:read', (_request, { auth }) => {
    // @ts-expect-error -- not a scope of this API, so never among those of a caller
    auth.scopes.includes('items:delete')
    return new Response(auth.claims.org_id)
  })
}

declare const staff: NonNullable<Auth['user']>
