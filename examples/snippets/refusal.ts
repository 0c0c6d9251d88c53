// Decides how a request that cannot be answered reads: a status and a body as Django REST framework writes them.
import type { FieldErrors } from './fields.ts'

export class Refusal extends Error {
  readonly status: number
  readonly body: { readonly detail: string } | FieldErrors
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: string | FieldErrors, headers: Readonly<Record<string, string>> = {}) {
    super(`Refused with ${status}.`)
    this.status = status
    this.body = typeof body === 'string' ? { detail: body } : body
    this.headers = headers
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not found.')
}

export function methodNotAllowed(method: string, allow: string): Refusal {
  return new Refusal(405, `Method "${method}" not allowed.`, { allow })
}
