// Builders for replies. Whatever carries a token or a person's facts is never stored by a cache (RFC 6749 §5.1).
import type { Reply } from './message.ts'

export const noStore: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  pragma: 'no-cache',
})

/** One object for all: what is frozen and shared is laid out for the wire once (answering.ts). */
const jsonNoStore: Reply['headers'] = Object.freeze({ 'content-type': 'application/json', ...noStore })

export function jsonReply(status: number, value: unknown, headers: Reply['headers'] = noStore): Reply {
  const all = headers === noStore ? jsonNoStore : { 'content-type': 'application/json', ...headers }
  return { status, headers: all, body: JSON.stringify(value) }
}

/** A whole document. */
export function htmlReply(status: number, markup: { readonly text: string }, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...noStore, ...headers },
    body: markup.text,
  }
}

/** 303 after a POST, so that a browser never repeats a form, with its password, at the next address (RFC 9700 §4.12). */
export function seeOther(location: string, headers: Reply['headers'] = {}): Reply {
  return { status: 303, headers: { location, ...noStore, ...headers }, body: '' }
}

/** 302 in answer to a GET. */
export function found(location: string, headers: Reply['headers'] = {}): Reply {
  return { status: 302, headers: { location, ...noStore, ...headers }, body: '' }
}

export function emptyReply(status: number, headers: Reply['headers'] = noStore): Reply {
  return { status, headers, body: '' }
}

/** The reply, which is another one for each origin that may ask. */
export function varyByOrigin(reply: Reply): Reply {
  const known = varying.get(reply.headers)
  if (known !== undefined) return { ...reply, headers: known }
  const varied = withHeaders(reply, { vary: 'Origin' })
  if (Object.isFrozen(reply.headers)) varying.set(reply.headers, Object.freeze(varied.headers))
  return varied
}

const varying = new WeakMap<Reply['headers'], Reply['headers']>()

/** The reply with more headers; `set-cookie` and `vary` are added to what is there. */
export function withHeaders(reply: Reply, headers: Reply['headers']): Reply {
  const merged: Record<string, string | readonly string[]> = { ...reply.headers }
  for (const [name, value] of Object.entries(headers)) merged[name] = combine(name, merged[name], value)
  return { ...reply, headers: merged }
}

function combine(name: string, old: string | readonly string[] | undefined, value: string | readonly string[]) {
  if (old === undefined) return value
  if (name === 'set-cookie') return [old, value].flat()
  if (name === 'vary') return [...new Set([old, value].flat().flatMap((text) => text.split(/,\s*/)))].join(', ')
  return value
}
