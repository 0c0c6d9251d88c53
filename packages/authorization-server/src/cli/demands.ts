// What each mode demands of the settings as a whole: production an address that the world can trust, development that the world
// stays out.

import type { Fault, LoadOptions } from '../platform/config/index.ts'
import type { Mode } from './installation.ts'

/** @param mayExpose whether the demo may be reached from other machines */
export function demandsOf(mode: Mode, mayExpose: boolean): LoadOptions {
  return mode === 'production'
    ? { required: ['identity.publicUrl'], check: requireHttps }
    : { check: mayExpose ? () => [] : requireLoopback }
}

type Check = NonNullable<LoadOptions['check']>

/** RFC 6749 §1.6: TLS wherever passwords and tokens travel, unless the operator says otherwise by name. */
const requireHttps: Check = (value, origin) => {
  const address = value('identity.publicUrl')
  const isPlain = typeof address === 'string' && address.startsWith('http:') && !isLoopback(new URL(address).hostname)
  if (!isPlain || value('server.allowInsecureHttp') === true) {
    return []
  }
  const fault: Fault = {
    name: 'LATCHKEY_PUBLIC_URL',
    value: address,
    from: origin('identity.publicUrl'),
    why: 'Passwords and tokens would cross the network in clear.',
    fix: 'Give the https address, or set LATCHKEY_ALLOW_INSECURE_HTTP=true to accept that.',
  }
  return [fault]
}

const requireLoopback: Check = (value, origin) => {
  const host = value('server.host')
  if (typeof host !== 'string' || isLoopback(host)) {
    return []
  }
  const fault: Fault = {
    name: 'LATCHKEY_HOST',
    value: host,
    from: origin('server.host'),
    why: 'Development mode has users and secrets that everybody knows; other machines could use them.',
    fix: 'Leave it out, use `latchkey serve`, or accept it with --expose-demo.',
  }
  return [fault]
}

/** Whether only this machine can reach the name or address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare)
}
