// Headers on every answer, errors too (OWASP ASVS 5.0 V3.4).

/** Sent with every reply. `same-origin` keeps the Origin header on our own forms and leaks nothing to others. */
export const baseHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-robots-tag': 'noindex',
}

export const transportSecurity: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

/**
 * The policy of an HTML page. Chromium applies form-action to the redirects after a submit as well,
 * so a page whose form may end at a client names that client's origin. Frames are for the one page that has some.
 */
export function contentSecurityPolicy(
  formTargets: readonly string[] = [],
  frameSources: readonly string[] = [],
): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "script-src 'self'",
    "connect-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    ...(frameSources.length === 0 ? [] : [`frame-src ${[...new Set(frameSources)].join(' ')}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return { 'content-security-policy': policy.join('; '), 'x-frame-options': 'DENY' }
}
