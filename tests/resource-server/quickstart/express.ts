// An API on Express 4 or 5.
import { protect } from '@latchkey/resource-server'
import { expressGuard } from '@latchkey/resource-server/express'
import express, { type Express } from 'express'

const api = protect({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  scopes: ['items:read', 'items:write'],
})
const guard = expressGuard(api)

export const app: Express = express()
app.get('/items', guard('items:read'), (request, response) => {
  response.json({ hello: guard.auth(request).subject })
})
app.post('/items', guard('items:write'), (_request, response) => {
  response.status(201).json({})
})
