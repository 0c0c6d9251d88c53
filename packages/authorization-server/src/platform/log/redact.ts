// What may be written to a log: every field passes here, so that a secret under a telling name, in a URL, in a header value or
// in an error's message is masked whoever logs it. In doubt it masks: an unreadable log line is cheaper than a leaked token.

const mask = '•••'
const deepest = 6
const longestList = 50
const longestText = 4096

const secretName =
  /(?:authorization|cookies?|tokens?|assertions?|verifier|credentials?|passphrase|otp|tokenhint|(?:private|master|api|sealing|signing|pepper)keys?)$|password|secret/
const codeName = /codes?$/
const harmlessCodeName = /(?:status|error|exit|http)codes?$/

/** Whether a field of this name is masked whatever it holds, e.g. `client_secret`, `set-cookie`, `code`, `newPassword1`. */
export function isSecretName(name: string): boolean {
  const compact = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/\d+$/, '')
  return secretName.test(compact) || (codeName.test(compact) && !harmlessCodeName.test(compact))
}

/**
 * Text without the secrets that text is known to carry: header credentials, `name=value` of secret names (URLs, forms), JWTs.
 * Invisible characters that could rewrite the line for a reader are written out; JSON itself escapes the rest.
 */
export function safeText(text: string): string {
  const cut = text.length > longestText ? `${text.slice(0, longestText)}…` : text
  return cut
    .replace(/\b(Bearer|Basic|DPoP)\s+[\w\-.~+/]{4,}=*/gi, `$1 ${mask}`)
    .replace(/(^|[?&#;,\s"'])([\w.-]{1,64})=([^&#;,\s"']+)/g, (whole, before: string, name: string) =>
      isSecretName(name) ? `${before}${name}=${mask}` : whole,
    )
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask)
    .replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, written)
}

/** Every control character written out: for a terminal, where JSON's escapes are already undone. */
export function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, written)
}

function written(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A plain object as `JSON.parse` gives it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Fields that may be logged, as plain JSON values. */
export function safeFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return safeObject(fields, 0)
}

function safeObject(object: object, depth: number): Record<string, unknown> {
  // A key set may be public or private: only what names the key is shown.
  const isKey = 'kty' in object
  return Object.fromEntries(
    Object.entries(object)
      .filter(([name, value]) => value !== undefined && (!isKey || ['kty', 'kid', 'alg', 'use', 'crv'].includes(name)))
      .map(([name, value]) => [safeText(name), isSecretName(name) ? maskOf(value) : safeValue(value, depth)]),
  )
}

/** Masked, but whether there was anything is often what one looks for. */
function maskOf(value: unknown): unknown {
  return value === null || typeof value === 'boolean' ? value : mask
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    return safeText(value)
  }
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
    return String(value).slice(0, 80)
  }
  if (typeof value !== 'object' || value === null) {
    return value
  }
  if (depth >= deepest) {
    return '…'
  }
  if (value instanceof Error) {
    return safeError(value, depth + 1)
  }
  if (value instanceof Uint8Array) {
    return `<${value.byteLength} bytes>`
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, longestList).map((item) => safeValue(item, depth + 1))
    return value.length > longestList ? [...items, `… ${value.length - longestList} more`] : items
  }
  if (hasToJson(value)) {
    const json = value.toJSON()
    return json === value ? safeObject(value, depth + 1) : safeValue(json, depth + 1)
  }
  return safeObject(value, depth + 1)
}

/** An error's own `code` (ECONNREFUSED, SQLITE_BUSY) is no authorization code: it is logged as `errorCode`. */
function safeError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: safeText(error.message),
    ...('code' in error && typeof error.code === 'string' ? { errorCode: safeText(error.code) } : {}),
    ...(error.stack === undefined ? {} : { stack: framesOf(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: safeValue(error.cause, depth) }),
  }
}

/** The stack without its first lines: they repeat the message. */
function framesOf(stack: string): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 20)
    .map((line) => safeText(line.trim()))
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}
