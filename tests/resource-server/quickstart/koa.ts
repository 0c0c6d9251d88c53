// An API on Koa 2 or 3.
import { Router } from '@koa/router'
import { protect } from '@latchkey/resource-server'
import { koaGuard } from '@latchkey/resource-server/koa'
import Koa from 'koa'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = koaGuard(api)

export const router: Router = new Router()
router.get('/items', guard('items:read'), (context) => {
  context.body = { hello: guard.auth(context).subject }
})
router.post('/items', guard('items:write'), (context) => {
  context.status = 201
  context.body = {}
})
export const app: Koa = new Koa()
app.use(router.routes())
