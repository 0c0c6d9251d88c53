// Sign-in for an app on Fastify 5.
import { fromEnvironment, login } from '@latchkey/client'
import { fastifyLogin } from '@latchkey/client/fastify'
import { type FastifyInstance, fastify } from 'fastify'

const auth = fastifyLogin(login(fromEnvironment(process.env)))

export const app: FastifyInstance = fastify()
await app.register(auth.plugin)
app.get('/me', auth.required, (request) => `Hello ${auth.user(request).username}!`)
