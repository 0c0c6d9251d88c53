// Sign-in for an app on Koa 2 or 3.
import { Router } from '@koa/router'
import { fromEnvironment, login } from '@latchkey/client'
import { koaLogin } from '@latchkey/client/koa'
import Koa from 'koa'

const auth = koaLogin(login(fromEnvironment(process.env)))

const router = new Router()
router.get('/me', auth.required, (context) => {
  context.body = `Hello ${auth.user(context).username}!`
})
export const app: Koa = new Koa()
app.use(auth).use(router.routes())
