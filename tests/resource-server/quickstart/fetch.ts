// An API on anything that takes a Request and gives a Response: Deno, Bun, Workers.
import { protect } from '@latchkey/resource-server'
import { fetchGuard } from '@latchkey/resource-server/fetch'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = fetchGuard(api)

export const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  'GET /items': guard('items:read', (_request, { auth }) => Response.json({ hello: auth.subject })),
  'POST /items': guard('items:write', () => Response.json({}, { status: 201 })),
}

export async function handle(request: Request): Promise<Response> {
  const route = routes[`${request.method} ${new URL(request.url).pathname}`]
  return route === undefined ? new Response('Not found', { status: 404 }) : route(request)
}
