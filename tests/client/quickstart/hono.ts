// Sign-in for an app on Hono 4, on any runtime.
import { fromEnvironment, login } from '@latchkey/client'
import { honoLogin } from '@latchkey/client/hono'
import { Hono } from 'hono'

const auth = honoLogin(login(fromEnvironment(process.env)))

export const app: Hono = new Hono()
app.use(auth)
app.get('/me', auth.required, (c) => c.text(`Hello ${c.var.user.username}!`))
