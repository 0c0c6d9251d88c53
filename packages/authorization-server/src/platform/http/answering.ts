// What every request goes through once it is read, whichever way it came: admission, the route, its face for a failure,
// and the headers that stand on every answer.
import type { Admission } from '../limits/index.ts'
import type { Drain } from './drain.ts'
import { HttpFault } from './fault.ts'
import type { Face, Incoming, Reply, Route, Work } from './message.ts'
import { withHeaders } from './reply.ts'
import { baseHeaders, transportSecurity } from './security-headers.ts'

export interface AnsweringOptions {
  /** Records a failure and returns the incident id under which it can be found. */
  readonly report: (error: unknown, request: Incoming) => string
  /** Whether the public address is https: adds Strict-Transport-Security. */
  readonly secure: boolean
  readonly drain: Drain
  /** Which work is taken while the server is busy. */
  readonly admission: Admission<Work>
}

export interface Answering {
  /** Never throws: what fails becomes the answer that the route's face gives. */
  answer(route: Route, request: Incoming): Promise<Reply>
  refuse(route: Refusing, error: unknown, request: Incoming): Promise<Reply>
  /** Names and values by turns, as `writeHead` takes them: ours, the answer's, and the length of its body. */
  headersOf(reply: Reply, length: number): string[]
}

export type Refusing = { readonly face: Face } & Pick<Route, 'finishRefusal'>

export function createAnswering({ report, secure, drain, admission }: AnsweringOptions): Answering {
  const everywhere = Object.entries({ ...baseHeaders, ...(secure ? transportSecurity : {}) })

  // Of the headers that are shared by many answers, and so frozen.
  const laidOut = new WeakMap<Reply['headers'], readonly string[]>()

  function layOut(headers: Reply['headers']): string[] {
    const flat: string[] = []
    for (const [name, value] of everywhere) if (headers[name] === undefined) flat.push(name, value)
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string') flat.push(name, value)
      else for (const one of value) flat.push(name, one)
    }
    if (Object.isFrozen(headers)) laidOut.set(headers, flat.slice())
    return flat
  }

  async function refuse(route: Refusing, error: unknown, request: Incoming): Promise<Reply> {
    const incident = report(error, request)
    const refusal = withHeaders(route.face({ error, incident }, request), { 'latchkey-incident': incident })
    return (await route.finishRefusal?.(refusal, request)) ?? refusal
  }

  return {
    refuse,
    async answer(route, request) {
      try {
        const work = workOf(route, request)
        if (!admission.enter(work)) throw busy()
        try {
          return await route.handle(request)
        } finally {
          admission.leave(work)
        }
      } catch (error) {
        return refuse(route, error, request)
      }
    },
    headersOf({ headers }, length) {
      const flat = laidOut.get(headers)?.slice() ?? layOut(headers)
      flat.push('content-length', String(length))
      if (drain.isDraining) flat.push('connection', 'close')
      return flat
    },
  }
}

/** Beyond its class's bounds a request is refused before any of its work is done. */
function busy(): HttpFault {
  return new HttpFault('busy', 'The server is busy. Try again shortly.', {
    headers: { 'retry-after': '1' },
    detail: { rule: 'overload' },
  })
}

function workOf({ method, work }: Route, request: Incoming): Work {
  if (work === undefined) return method === 'OPTIONS' ? 'public' : 'page'
  return typeof work === 'function' ? work(request) : work
}
