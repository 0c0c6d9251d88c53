// Sign-in for a Next app: lib/auth.ts makes `auth`; app/auth/[...step]/route.ts exports its GET and POST; this is app/me/route.ts.
import { fromEnvironment, login } from '@latchkey/client'
import { nextLogin, type NextLogin, type NextRoute } from '@latchkey/client/next'

export const auth: NextLogin = nextLogin(login(fromEnvironment(process.env)))

export const GET: NextRoute = auth.required((_request, { user }) => new Response(`Hello ${user.username}!`))
