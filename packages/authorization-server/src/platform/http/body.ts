// Reads a request's body once into a value, by its Content-Type: form, multipart form or JSON.
import { isAscii } from 'node:buffer'
import type { Body } from './message.ts'
import { MalformedForm, Parameters, parseForm } from './parameters.ts'

const formType = 'application/x-www-form-urlencoded'
const utf8 = new TextDecoder('utf-8', { fatal: true })

export function readBody(contentType: string | undefined, bytes: Buffer | undefined): Body | Promise<Body> {
  if (bytes === undefined || bytes.length === 0) return emptyBody(contentType)
  const type = mediaType(contentType)
  switch (type) {
    case formType:
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
  if (type === formType) return { kind: 'form', parameters: Parameters.empty }
  return { kind: 'none' }
}

function mediaType(contentType: string | undefined): string {
  if (contentType === formType) return formType
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function readText(type: string, bytes: Buffer, read: (text: string) => Body): Body {
  try {
    // What is ASCII needs no decoder, which would cost more than the rest of the reading.
    return read(isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes))
  } catch (error) {
    if (error instanceof MalformedForm) return { kind: 'malformed', type, reason: error.message }
    if (error instanceof SyntaxError) return { kind: 'malformed', type, reason: 'The body is not valid JSON.' }
    return { kind: 'malformed', type, reason: 'The body is not valid UTF-8.' }
  }
}

/** Files have no use here: a multipart form that carries one is refused. */
async function readMultipart(type: string, contentType: string, bytes: Buffer): Promise<Body> {
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
