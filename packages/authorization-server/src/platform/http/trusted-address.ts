// Whose request it is: the peer, or, behind a proxy that is trusted, the address that the proxy names (X-Forwarded-For).
import type { IncomingMessage } from 'node:http'
import { compile, default as proxyAddress } from '@fastify/proxy-addr'

/** @param proxies addresses and ranges of the proxies that are believed */
export function createTrustedAddress(proxies: readonly string[]): (raw: IncomingMessage) => string {
  if (proxies.length === 0) return (raw) => raw.socket.remoteAddress ?? ''
  const isTrusted = compile([...proxies])
  return (raw) => proxyAddress(raw, isTrusted)
}
