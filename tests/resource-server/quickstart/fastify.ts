// An API on Fastify 5. A route without a guard answers 403.
import { protect } from '@latchkey/resource-server'
import { fastifyGuard } from '@latchkey/resource-server/fastify'
import { type FastifyInstance, fastify } from 'fastify'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = fastifyGuard(api)

export const app: FastifyInstance = fastify()
await app.register(guard.plugin)
app.get('/items', guard('items:read'), (request) => ({ hello: guard.auth(request).subject }))
app.post('/items', guard('items:write'), (_request, reply) => reply.code(201).send({}))
