// Sign-in for an app on Express 4 or 5.
import { fromEnvironment, login } from '@latchkey/client'
import { expressLogin } from '@latchkey/client/express'
import express, { type Express } from 'express'

const auth = expressLogin(login(fromEnvironment(process.env)))

export const app: Express = express().use(auth)
app.get('/me', auth.required, (request, response) => {
  response.send(`Hello ${auth.user(request).username}!`)
})
