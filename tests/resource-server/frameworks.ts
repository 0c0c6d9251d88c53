// The same app in every framework, at both ends of each peer range, for the one adapter test.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { Router } from '@koa/router'
import type { Api, InventoryLine, Rule } from '@latchkey/resource-server'
import * as expressAdapter from '@latchkey/resource-server/express'
import * as fastifyAdapter from '@latchkey/resource-server/fastify'
import * as fetchAdapter from '@latchkey/resource-server/fetch'
import * as honoAdapter from '@latchkey/resource-server/hono'
import * as koaAdapter from '@latchkey/resource-server/koa'
import * as nextAdapter from '@latchkey/resource-server/next'
import type express from 'express'
import type { fastify } from 'fastify'
import type { Hono } from 'hono'
import type Koa from 'koa'

export type ItemScope = 'items:read' | 'items:write'
export type ItemApi = Api<ItemScope>
export interface RouteOfTest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Undefined: a route that nobody guards. */
  readonly rule: Rule | undefined
}
export interface Running {
  request(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  inventory(): readonly InventoryLine[]
  close(): Promise<void>
}
export interface Framework {
  readonly name: string
  readonly version: string
  start(api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running>
}

// Old versions are installed under other names, which have no types: they are called as the new ones are.
const load = createRequire(import.meta.url)
const versionOf = (name: string): string => load(`${name}/package.json`).version

function answer(subject: string | undefined): { readonly hello: string | null } {
  return { hello: subject ?? null }
}

async function listening(listener: RequestListener | Server): Promise<Omit<Running, 'inventory'>> {
  const server = typeof listener === 'function' ? createServer(listener) : listener
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    request: (method, path, headers = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { method, headers, redirect: 'manual' }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Koa's listener gives a promise that never rejects. */
function voided(listener: (...parameters: Parameters<RequestListener>) => unknown): RequestListener {
  return (request, response) => void listener(request, response)
}

function inProcess(handle: (request: Request) => Response | Promise<Response>): Omit<Running, 'inventory'> {
  return {
    request: async (method, path, headers = {}) =>
      handle(new Request(`http://api.test${path}`, { method, headers: { host: 'api.test', ...headers } })),
    close: async () => undefined,
  }
}

const expressApp =
  (name: string) =>
  async (api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> => {
    const create: typeof express = load(name)
    const app = create()
    const guard = expressAdapter.expressGuard(api)
    app.use((_request, response, next) => {
      response.setHeader('vary', 'Accept')
      next()
    })
    for (const { method, path, rule } of routes) {
      const isPublic = rule === undefined || rule.kind === 'public'
      const handler: express.RequestHandler = (request, response) => {
        response.json(answer(isPublic ? undefined : guard.auth(request).subject))
      }
      const route = app.route(path)
      const handlers = rule === undefined ? [handler] : [guard(rule), handler]
      if (method === 'GET') route.get(...handlers)
      else route.post(...handlers)
    }
    app.get(String(api.metadataPath), guard.metadata)
    return { ...(await listening(app)), inventory: () => expressAdapter.inventory(app) }
  }

const fastifyApp =
  (name: string) =>
  async (api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> => {
    const create: typeof fastify = load(name).fastify
    const app = create()
    const guard = fastifyAdapter.fastifyGuard(api)
    app.addHook('onRequest', async (_request, reply) => void reply.header('vary', 'Accept'))
    await app.register(guard.plugin)
    for (const { method, path: url, rule } of routes) {
      const isPublic = rule === undefined || rule.kind === 'public'
      app.route({
        method,
        url,
        ...(rule === undefined ? {} : guard(rule)),
        handler: (request) => answer(isPublic ? undefined : guard.auth(request).subject),
      })
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      ...(await listening(app.server)),
      inventory: () => fastifyAdapter.inventory(app),
      close: () => app.close(),
    }
  }

const honoApp =
  (name: string) =>
  async (api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> => {
    const create: typeof Hono = load(name).Hono
    const app = new create<honoAdapter.HonoAuth<ItemScope>>()
    const guard = honoAdapter.honoGuard(api)
    app.use('*', async (c, next) => {
      await next()
      c.header('vary', 'Accept', { append: true })
    })
    for (const { method, path, rule } of routes) {
      const isPublic = rule === undefined || rule.kind === 'public'
      if (rule !== undefined) app.on(method, path, guard(rule))
      app.on(method, path, (c) => c.json(answer(isPublic ? undefined : c.var.auth.subject)))
    }
    app.get(String(api.metadataPath), guard.metadata)
    return { ...inProcess((request) => app.fetch(request)), inventory: () => honoAdapter.inventory(app) }
  }

const koaApp =
  (name: string) =>
  async (api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> => {
    const create: typeof Koa = load(name)
    const router = new Router()
    const guard = koaAdapter.koaGuard(api)
    for (const { method, path, rule } of routes) {
      const isPublic = rule === undefined || rule.kind === 'public'
      const handler: koaAdapter.KoaMiddleware = async (context) => {
        context.body = answer(isPublic ? undefined : guard.auth(context).subject)
      }
      router.register(path, [method], rule === undefined ? [handler] : [guard(rule), handler])
    }
    router.get(String(api.metadataPath), guard.metadata)
    const app = new create()
    app.use(async (context, next) => {
      context.vary('Accept')
      await next()
    })
    app.use(router.routes())
    return { ...(await listening(voided(app.callback()))), inventory: () => koaAdapter.inventory(router) }
  }

function paramsIn(path: string, url: string): Readonly<Record<string, string>> {
  const sent = new URL(url).pathname.split('/')
  const named = path.split('/').flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), sent[at] ?? '']] : []))
  return Object.fromEntries(named)
}

function matches(path: string, method: string, request: Request): boolean {
  const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
  return request.method === method && pattern.test(new URL(request.url).pathname)
}

async function fetchApp(api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> {
  const guard = fetchAdapter.fetchGuard(api)
  const own = routes.map(({ method, path, rule }) => {
    const respond = (hello: string | undefined) => Response.json(answer(hello), { headers: { vary: 'Accept' } })
    if (rule === undefined) return { method, path, handle: () => respond(undefined) }
    const handle = guard(
      rule,
      (_request, context) => respond(rule.kind === 'public' ? undefined : context.auth.subject),
      (request) => paramsIn(path, request.url),
    )
    return { method, path, handle }
  })
  const all = [...own, { method: 'GET', path: String(api.metadataPath), handle: guard.metadata }]
  const handle = (request: Request) =>
    all.find(({ path, method }) => matches(path, method, request))?.handle(request) ?? new Response('', { status: 404 })
  const table = Object.fromEntries(all.map((route) => [`${route.method} ${route.path}`, route.handle]))
  return { ...inProcess(handle), inventory: () => fetchAdapter.inventory(table) }
}

async function nextApp(api: ItemApi, routes: readonly RouteOfTest[]): Promise<Running> {
  const guard = nextAdapter.nextGuard(api)
  const modules: Record<string, Record<string, nextAdapter.NextRoute>> = {}
  for (const { method, path, rule } of routes) {
    const respond = (hello: string | undefined) => Response.json(answer(hello), { headers: { vary: 'Accept' } })
    const own = (modules[path] ??= {})
    own[method] =
      rule === undefined
        ? async () => respond(undefined)
        : guard(rule, (_request, context) => respond(rule.kind === 'public' ? undefined : context.auth.subject))
  }
  modules[String(api.metadataPath)] = { GET: guard.metadata }
  const handle = async (request: Request) => {
    const found = Object.entries(modules).find(([path]) => matches(path, request.method, request))
    const route = found?.[1][request.method]
    if (found === undefined || route === undefined) return new Response('', { status: 404 })
    return route(request, { params: Promise.resolve(paramsIn(found[0], request.url)) })
  }
  return { ...inProcess(handle), inventory: () => nextAdapter.inventory(modules) }
}

export const frameworks: readonly Framework[] = [
  ...['express4', 'express'].map((name) => ({ name: 'Express', version: versionOf(name), start: expressApp(name) })),
  ...['fastify5', 'fastify'].map((name) => ({ name: 'Fastify', version: versionOf(name), start: fastifyApp(name) })),
  ...['hono4', 'hono'].map((name) => ({
    name: 'Hono',
    version: name === 'hono' ? '4, newest' : '4.8.0',
    start: honoApp(name),
  })),
  ...['koa2', 'koa'].map((name) => ({ name: 'Koa', version: versionOf(name), start: koaApp(name) })),
  { name: 'Next', version: 'route handler', start: nextApp },
  { name: 'fetch', version: '(Request) => Response', start: fetchApp },
]
