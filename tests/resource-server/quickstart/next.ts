// app/items/route.ts of a Next app.
import { protect } from '@latchkey/resource-server'
import { nextGuard, type NextRoute } from '@latchkey/resource-server/next'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = nextGuard(api)

export const GET: NextRoute = guard('items:read', (_request, { auth }) => Response.json({ hello: auth.subject }))
export const POST: NextRoute = guard('items:write', () => Response.json({}, { status: 201 }))
