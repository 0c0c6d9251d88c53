// The program of docs/guides/protect-an-api.md, which shows it from the first import on.
import { DatabaseSync } from 'node:sqlite'
import { protect } from '@latchkey/resource-server'
import { fastifyGuard } from '@latchkey/resource-server/fastify'
import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
import { fastify, type FastifyInstance } from 'fastify'

const notes: { readonly text: string; readonly owner: number }[] = []

const api = protect({
  issuer: process.env['ISSUER'] ?? 'http://localhost:8000/o',
  audience: 'http://localhost:8001',
  scopes: ['read', 'write'],
  introspection: { clientId: 'rs-id', clientSecret: process.env['CLIENT_SECRET'] ?? 'rs-secret' },
  withoutAudience: 'accept',
  users: sqliteUsers(new DatabaseSync(process.env['DATABASE'] ?? 'notes.db')),
})
const guard = fastifyGuard(api)
const own = api.allow(
  api.readWrite(),
  ({ user }, { params }) =>
    notes[Number(params['id'])] === undefined || notes[Number(params['id'])]?.owner === user?.id,
)

export const app: FastifyInstance = fastify()
await app.register(guard.plugin)
app.get('/notes', guard(api.readWrite()), () => notes)
app.post<{ Body: { text: string } }>('/notes', guard(api.readWrite()), (request, reply) => {
  const { user } = guard.auth(request)
  if (user === undefined) return reply.code(403).send()
  notes.push({ text: request.body.text, owner: user.id })
  return reply.code(201).send({ id: notes.length - 1 })
})
app.delete<{ Params: { id: number } }>('/notes/:id', guard(own), (request, reply) => {
  const gone = notes.splice(request.params.id, 1)
  return reply.code(gone.length === 0 ? 404 : 204).send()
})

if (import.meta.main) await app.listen({ port: 8001 })
