// An API on Hono 4, on any runtime.
import { protect } from '@latchkey/resource-server'
import { honoGuard } from '@latchkey/resource-server/hono'
import { Hono } from 'hono'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = honoGuard(api)

export const app: Hono = new Hono()
app.get('/items', guard('items:read'), (c) => c.json({ hello: c.var.auth.subject }))
app.post('/items', guard('items:write'), (c) => c.json({}, 201))
