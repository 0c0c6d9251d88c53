// The same app in every framework, at both ends of each peer range, for the one adapter test.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { Router } from '@koa/router'
import type { Login } from '@latchkey/client'
import { expressLogin } from '@latchkey/client/express'
import { fastifyLogin } from '@latchkey/client/fastify'
import { fetchLogin, type VisitHandler } from '@latchkey/client/fetch'
import { honoLogin } from '@latchkey/client/hono'
import { koaLogin } from '@latchkey/client/koa'
import { nextLogin, type NextRoute } from '@latchkey/client/next'
import type { TestApp } from '@latchkey/client/testing'
import type express from 'express'
import type { fastify } from 'fastify'
import type { Hono } from 'hono'
import type Koa from 'koa'

export interface Running {
  readonly app: TestApp
  close(): Promise<void>
}
export interface Framework {
  readonly name: string
  readonly version: string
  /**
   * `/` says who is signed in, if anybody is; `/me` and POST `/act` need somebody; `/public` is for shared caches. The app
   * sets `own=1` and `Vary: Accept`.
   */
  start(auth: Login): Promise<Running>
}

const cacheable = 'public, max-age=3600'

// Old versions are installed under other names, which have no types: they are called as the new ones are.
const load = createRequire(import.meta.url)
const versionOf = (name: string): string => load(`${name}/package.json`).version

/** As behind a proxy that ends TLS. */
async function listening(listener: RequestListener | Server): Promise<Running> {
  const server = typeof listener === 'function' ? createServer(listener) : listener
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    async app(request) {
      const { host, pathname, search } = new URL(request.url)
      const headers = new Headers(request.headers)
      headers.set('x-forwarded-host', host)
      headers.set('x-forwarded-proto', 'https')
      const body = request.method === 'POST' ? await request.text() : null
      const { method } = request
      return fetch(`http://127.0.0.1:${port}${pathname}${search}`, { method, headers, body, redirect: 'manual' })
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function inProcess(app: TestApp): Running {
  return { app, close: async () => undefined }
}

const expressApp = (name: string, parsesForms: boolean) => async (auth: Login) => {
  const module_: typeof express = load(name)
  const app = module_()
  const signIn = expressLogin(auth)
  if (parsesForms) app.use(module_.urlencoded({ extended: false }))
  app.use((_request, response, next) => {
    response.setHeader('vary', 'Accept')
    response.setHeader('set-cookie', 'own=1')
    next()
  })
  app.use(signIn)
  app.get('/', (request, response) => {
    response.json({ user: signIn.session(request)?.user.username ?? null })
  })
  app.get('/public', (_request, response) => {
    response.setHeader('cache-control', cacheable)
    response.json({})
  })
  app.get('/me', signIn.required, (request, response) => {
    response.json({ user: signIn.user(request).username })
  })
  app.post('/act', signIn.required, (request, response) => {
    response.json({ user: signIn.user(request).username })
  })
  return listening(app)
}

const fastifyApp = (name: string) => async (auth: Login) => {
  const create: typeof fastify = load(name).fastify
  const app = create()
  const signIn = fastifyLogin(auth)
  app.addHook('onRequest', async (_request, reply) => void reply.header('vary', 'Accept').header('set-cookie', 'own=1'))
  await app.register(signIn.plugin)
  app.get('/', (request) => ({ user: signIn.session(request)?.user.username ?? null }))
  app.get('/public', (_request, reply) => reply.header('cache-control', cacheable).send({}))
  app.get('/me', signIn.required, (request) => ({ user: signIn.user(request).username }))
  app.post('/act', signIn.required, (request) => ({ user: signIn.user(request).username }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { ...(await listening(app.server)), close: () => app.close() }
}

const honoApp = (name: string) => async (auth: Login) => {
  const create: typeof Hono = load(name).Hono
  const app = new create()
  const signIn = honoLogin(auth)
  app.use('*', async (c, next) => {
    await next()
    c.header('vary', 'Accept', { append: true })
    c.header('set-cookie', 'own=1', { append: true })
  })
  app.use(signIn)
  app.get('/', signIn, (c) => c.json({ user: c.var.session?.user.username ?? null }))
  app.get('/public', (c) => c.json({}, 200, { 'cache-control': cacheable }))
  app.get('/me', signIn.required, (c) => c.json({ user: c.var.user.username }))
  app.post('/act', signIn.required, (c) => c.json({ user: c.var.user.username }))
  return inProcess((request) => app.fetch(request))
}

const koaApp = (name: string) => async (auth: Login) => {
  const create: typeof Koa = load(name)
  const app = new create()
  const router = new Router()
  const signIn = koaLogin(auth)
  app.use(async (context, next) => {
    context.vary('Accept')
    context.res.setHeader('set-cookie', ['own=1'])
    await next()
  })
  app.use(signIn)
  router.get('/', (context) => {
    context.body = { user: signIn.session(context)?.user.username ?? null }
  })
  router.get('/public', (context) => {
    context.set('cache-control', cacheable)
    context.body = {}
  })
  router.get('/me', signIn.required, (context) => {
    context.body = { user: signIn.user(context).username }
  })
  router.post('/act', signIn.required, (context) => {
    context.body = { user: signIn.user(context).username }
  })
  app.use(router.routes())
  const listener = app.callback()
  return listening((request, response) => void listener(request, response))
}

const own = { headers: { vary: 'Accept', 'set-cookie': 'own=1' } }

async function fetchApp(auth: Login): Promise<Running> {
  const signIn = fetchLogin(auth)
  const greet = signIn.required((_request, { user }) => Response.json({ user: user.username }, own))
  const handler: VisitHandler = (request, visit) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/public') return Response.json({}, { headers: { 'cache-control': cacheable } })
    if (pathname !== '/') return greet(request, visit)
    return Response.json({ user: visit.session?.user.username ?? null }, own)
  }
  return inProcess(signIn(handler))
}

async function nextApp(auth: Login): Promise<Running> {
  const signIn = nextLogin(auth)
  const greet = signIn.required((_request, { user }) => Response.json({ user: user.username }, own))
  const routes: Readonly<Record<string, NextRoute>> = {
    '/': signIn.route((_request, { session }) => Response.json({ user: session?.user.username ?? null }, own)),
    '/me': greet,
    '/public': signIn.route(() => Response.json({}, { headers: { 'cache-control': cacheable } })),
    '/act': greet,
  }
  return inProcess((request) => {
    const context = { params: Promise.resolve({}) }
    const route = routes[new URL(request.url).pathname] ?? (request.method === 'GET' ? signIn.GET : signIn.POST)
    return route(request, context)
  })
}

export const frameworks: readonly Framework[] = [
  { name: 'Express', version: versionOf('express4'), start: expressApp('express4', false) },
  { name: 'Express', version: versionOf('express'), start: expressApp('express', true) },
  ...['fastify5', 'fastify'].map((name) => ({ name: 'Fastify', version: versionOf(name), start: fastifyApp(name) })),
  { name: 'Hono', version: '4.8.0', start: honoApp('hono4') },
  { name: 'Hono', version: '4, newest', start: honoApp('hono') },
  ...['koa2', 'koa'].map((name) => ({ name: 'Koa', version: versionOf(name), start: koaApp(name) })),
  { name: 'Next', version: 'route handler', start: nextApp },
  { name: 'fetch', version: '(Request) => Response', start: fetchApp },
]
