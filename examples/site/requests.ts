// Decides how forms are read, and that what changes something comes from a page of this site.
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** A request that cannot be answered as it was meant. */
export class Problem extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Teaches the app forms, and refuses those of other sites. */
export function readForms(app: FastifyInstance, publicUrl: string): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 64 * 1024 },
    async (_request: FastifyRequest, text: string) => new URLSearchParams(text),
  )
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { origin, 'sec-fetch-site': site } = request.headers
    const isOwn = origin === undefined ? site === undefined || site === 'same-origin' : origin === publicUrl
    if (!isOwn) throw new Problem(403, 'What changes something here must come from a page of this site.')
  })
}

export function formOf({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}

/** A number in the path of a request. @throws Problem when it is none */
export function numberIn({ params }: FastifyRequest, name: string): number {
  const text = textIn(params, name)
  if (!/^\d{1,15}$/.test(text)) throw notFound()
  return Number(text)
}

export function textIn(of: unknown, name: string): string {
  const value: unknown =
    typeof of === 'object' && of !== null ? Object.entries(of).find(([key]) => key === name)?.[1] : ''
  return typeof value === 'string' ? value : ''
}

export function notFound(): Problem {
  return new Problem(404, 'There is no page at this address.')
}
