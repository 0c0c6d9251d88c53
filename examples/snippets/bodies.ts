// Decides how bodies are read: JSON and both kinds of form, as Django REST framework takes them.
import { raw, type Request, type RequestHandler } from 'express'
import { type Fields, isFields } from './fields.ts'
import { Refusal } from './refusal.ts'

/** Stands behind the guard of a route: nothing of a stranger's body is read. */
export const bodies: RequestHandler = raw({ type: () => true, limit: '64kb' })

/** The fields of a body; nothing was sent: no fields. @throws Refusal when it is malformed or of another kind */
export async function fieldsOf(request: Request): Promise<Fields> {
  const body: unknown = request.body
  if (!(body instanceof Uint8Array) || body.length === 0) return {}
  const type = request.headers['content-type'] ?? ''
  switch (type.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/json':
      return fieldsOfJson(new TextDecoder().decode(body))
    case 'application/x-www-form-urlencoded':
      return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)))
    case 'multipart/form-data':
      return fieldsOfMultipart(body, type)
    default:
      throw new Refusal(415, `Unsupported media type "${type}" in request.`)
  }
}

const pythonNames: Readonly<Record<string, string>> = { string: 'str', number: 'int', boolean: 'bool' }

function fieldsOfJson(text: string): Fields {
  const value = parse(text)
  if (isFields(value)) return value
  const kind = Array.isArray(value) ? 'list' : (pythonNames[typeof value] ?? 'NoneType')
  throw new Refusal(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, `JSON parse error - ${error instanceof Error ? error.message : 'malformed'}`)
  }
}

async function fieldsOfMultipart(bytes: Uint8Array, type: string): Promise<Fields> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'))
  } catch {
    throw new Refusal(400, 'Multipart form parse error - the body is not what its Content-Type says.')
  }
}
