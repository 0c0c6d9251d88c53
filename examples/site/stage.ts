// Decides how a page gets to whoever looks at it: in its frame, with its headers, under the viewer's name.
import type { AccountStore, FailurePage, User } from '@latchkey/client'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminKeys } from './admin/keys.ts'
import { framed, type Page, pageHeaders, type Viewer } from './pages/layout.ts'
import { failedPage, problemPage } from './pages/people.ts'
import { Problem, textIn } from './requests.ts'
import { originsOf } from './sign-ins/sign-in.ts'
import type { SignIns } from './sign-ins/store.ts'

export interface Stage {
  /** Finds out who looks; on every request, before its handler. */
  look(request: FastifyRequest, user: User | undefined): Promise<void>
  viewerOf(request: FastifyRequest): Viewer
  show(request: FastifyRequest, reply: FastifyReply, page: Page, status?: number): FastifyReply
  /** The page of a sign-in that failed. */
  failed(page: FailurePage): Response
  /** The page of anything else that failed. */
  troubled(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply
}

const nobody: Viewer = { name: undefined, isAdmin: false }

export function createStage(accounts: AccountStore, signIns: SignIns, keys: AdminKeys): Stage {
  const viewers = new WeakMap<FastifyRequest, Viewer>()
  const headers = (): Readonly<Record<string, string>> => pageHeaders(originsOf(signIns.all()))
  const viewerOf = (request: FastifyRequest): Viewer => viewers.get(request) ?? nobody
  const show: Stage['show'] = (request, reply, page, status = 200) => {
    const [path = '/'] = request.url.split('?')
    return reply
      .code(status)
      .headers(headers())
      .send(framed({ ...page, path, viewer: viewerOf(request) }).text)
  }
  return {
    async look(request, user) {
      const isStaff = user?.id !== undefined && (await accounts.find(user.id))?.isStaff === true
      viewers.set(request, { name: user?.username, isAdmin: isStaff || keys.opens(request.headers.cookie) })
    },
    viewerOf,
    show,
    failed(page) {
      const { text } = framed({ ...failedPage(page), path: '/', viewer: nobody })
      return new Response(text, { status: page.status, headers: headers() })
    },
    troubled(error, request, reply) {
      const { status, message } = problemOf(error)
      return show(request, reply, problemPage(status, message), status)
    },
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return new Problem(status, 'The request cannot be read.')
  console.error(error)
  return new Problem(500, 'Something went wrong on our side.')
}

/** What was just done, in words; the address only says which of them. */
export function doneIn(request: FastifyRequest, words: Readonly<Record<string, string>>): string | undefined {
  const name = textIn(request.query, 'done')
  return Object.hasOwn(words, name) ? words[name] : undefined
}
