// Sign-in for anything that takes a Request and gives a Response: Deno, Bun, Workers.
import { fromEnvironment, login } from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'

const auth = fetchLogin(login(fromEnvironment(process.env)))

export const handle: (request: Request) => Promise<Response> = auth(
  auth.required((_request, { user }) => new Response(`Hello ${user.username}!`)),
)
