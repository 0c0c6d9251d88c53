// Decides how bodies are read: JSON and both kinds of form, as Django REST framework takes them.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Fields, isFields } from './fields.ts'
import { Refusal } from './refusal.ts'

const maxBytes = 64 * 1024

/** Teaches the app its kinds of body; every other kind is 415. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const asText = { parseAs: 'string', bodyLimit: maxBytes } as const
  app.addContentTypeParser<string>('application/json', asText, async (_request: FastifyRequest, text: string) =>
    fieldsOfJson(text),
  )
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    asText,
    async (_request: FastifyRequest, text: string) => Object.fromEntries(new URLSearchParams(text)),
  )
  app.addContentTypeParser<Buffer>(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: maxBytes },
    (request: FastifyRequest, bytes: Buffer) => fieldsOfMultipart(bytes, request.headers['content-type'] ?? ''),
  )
}

/** What the parsers above made of the body; nothing was sent: no fields. */
export function fieldsOf(body: unknown): Fields {
  return isFields(body) ? body : {}
}

function fieldsOfJson(text: string): Fields {
  const value = text === '' ? {} : parse(text)
  if (isFields(value)) return value
  const kind = Array.isArray(value) ? 'list' : value === null ? 'NoneType' : typeof value
  throw new Refusal(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, `JSON parse error - ${error instanceof Error ? error.message : 'malformed'}`)
  }
}

async function fieldsOfMultipart(bytes: Buffer, type: string): Promise<Fields> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'))
  } catch {
    throw new Refusal(400, 'Multipart form parse error - the body is not what its Content-Type says.')
  }
}
