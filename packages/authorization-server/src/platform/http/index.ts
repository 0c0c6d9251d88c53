/**
 * HTTP as plain values: requests come in as `Incoming`, go out as `Reply`, and fail through a route's `Face`.
 * Owns: parameters, bodies, cookies, security headers, CORS, content negotiation, and Fastify behind them.
 * Specifications: RFC 9110, RFC 6265bis, Fetch (CORS), CSP 3. Tables: none. Settings: none of its own.
 */
export { preferred, wants } from './accept.ts'
export { clearCookie, clearFrameCookie, cookieName, setCookie, setFrameCookie } from './cookies.ts'
export { preflight, shareWith, shareWithAll } from './cors.ts'
export { createDrain, type Drain } from './drain.ts'
export { HttpFault, type FaultKind } from './fault.ts'
export type { Body, Face, Failure, Incoming, Method, Reply, Route, Work } from './message.ts'
export { MalformedForm, Parameters, parseForm } from './parameters.ts'
export { emptyReply, found, htmlReply, jsonReply, noStore, seeOther, withHeaders } from './reply.ts'
export { contentSecurityPolicy } from './security-headers.ts'
export { reasonOf } from './reason.ts'
export { createHttpServer, type HttpServerOptions } from './server.ts'
