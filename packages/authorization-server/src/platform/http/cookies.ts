// Cookies, read as RFC 6265 §5.2 says and written with the attributes that each of ours must have.
import { stringifySetCookie } from 'cookie'

export interface CookieOptions {
  readonly secure: boolean
  readonly maxAgeSeconds?: number
}

/** With TLS the name carries the `__Host-` prefix: no sibling domain and no plain page can then set it. */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name
}

/** The value of a Set-Cookie header: HttpOnly, SameSite=Lax, Path=/, no Domain. */
export function setCookie(name: string, value: string, options: CookieOptions): string {
  return stringifySetCookie({
    name: cookieName(name, options.secure),
    value,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: options.secure,
    ...(options.maxAgeSeconds === undefined ? {} : { maxAge: options.maxAgeSeconds }),
  })
}

/** For a value that a frame of ours must read inside of other sites' pages: never a secret. SameSite=None needs TLS. */
export function setFrameCookie(name: string, value: string, options: CookieOptions): string {
  return stringifySetCookie({
    name: cookieName(name, options.secure),
    value,
    path: '/',
    sameSite: options.secure ? 'none' : 'lax',
    secure: options.secure,
    ...(options.maxAgeSeconds === undefined ? {} : { maxAge: options.maxAgeSeconds }),
  })
}

export function clearFrameCookie(name: string, secure: boolean): string {
  return setFrameCookie(name, '', { secure, maxAgeSeconds: 0 })
}

export function clearCookie(name: string, secure: boolean): string {
  return setCookie(name, '', { secure, maxAgeSeconds: 0 })
}
