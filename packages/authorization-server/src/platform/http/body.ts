// Reads a request's body once into a value, by its Content-Type: form, multipart form or JSON.
import type { Body } from './message.ts'
import { MalformedForm, Parameters, parseForm } from './parameters.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

export async function readBody(contentType: string | undefined, bytes: Uint8Array | undefined): Promise<Body> {
  if (bytes === undefined || bytes.length === 0) return emptyBody(contentType)
  const type = mediaType(contentType)
  switch (type) {
    case 'application/x-www-form-urlencoded':
      return readText(type, bytes, (text) => ({ kind: 'form', parameters: parseForm(text) }))
    case 'application/json':
      return readText(type, bytes, (text) => ({ kind: 'json', value: JSON.parse(text) as unknown }))
    case 'multipart/form-data':
      return readMultipart(type, contentType ?? '', bytes)
    default:
      return { kind: 'unsupported', type }
  }
}

function emptyBody(contentType: string | undefined): Body {
  const type = mediaType(contentType)
  if (type === 'application/x-www-form-urlencoded') return { kind: 'form', parameters: Parameters.empty }
  return { kind: 'none' }
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function readText(type: string, bytes: Uint8Array, read: (text: string) => Body): Body {
  try {
    return read(utf8.decode(bytes))
  } catch (error) {
    if (error instanceof MalformedForm) return { kind: 'malformed', type, reason: error.message }
    if (error instanceof SyntaxError) return { kind: 'malformed', type, reason: 'The body is not valid JSON.' }
    return { kind: 'malformed', type, reason: 'The body is not valid UTF-8.' }
  }
}

/** Files have no use here: a multipart form that carries one is refused. */
async function readMultipart(type: string, contentType: string, bytes: Uint8Array): Promise<Body> {
  try {
    const copy = new Uint8Array(bytes)
    const form = await new Response(copy, { headers: { 'content-type': contentType } }).formData()
    const pairs: [string, string][] = []
    for (const [name, value] of form) {
      if (typeof value !== 'string') return { kind: 'malformed', type, reason: 'The form carries a file.' }
      if (name.includes('\0') || value.includes('\0')) {
        return { kind: 'malformed', type, reason: 'The request contains a NUL character.' }
      }
      pairs.push([name, value])
    }
    return { kind: 'form', parameters: new Parameters(pairs) }
  } catch {
    // A stranger's bytes are all that the parser was given: whatever it throws (URIError too), they are what is wrong.
    return { kind: 'malformed', type, reason: 'The multipart body is malformed.' }
  }
}
