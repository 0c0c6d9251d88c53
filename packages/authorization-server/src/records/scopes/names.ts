// Which names an API or a scope may be given, however it is registered: on the console, by command or in a declaration.
import { isResource, isScopeToken } from '@latchkey/protocol'
import type { Retired } from './retired.ts'

/** own: what the server itself goes by. retired: something of this name was deleted, and tokens may still carry it. */
export type NameFault = 'form' | 'own' | 'taken' | 'retired'

const longestScope = 128
/** The addresses of the console that stand where a scope's would. */
const consoleAddresses: readonly string[] = ['.', '..', 'add', 'actions', 'export', 'export.csv', 'export.json']

interface Names {
  /** What there is already. */
  readonly taken: ReadonlySet<string>
  readonly retired: Retired
}

/** RFC 8707 §2. */
export function audienceFault(
  audience: string,
  { issuer, taken, retired }: Names & { readonly issuer: string },
): NameFault | undefined {
  if (!isResource(audience)) return 'form'
  // Tokens for this server name it so: with an API of that name deleted, they would be for nobody, for ever.
  if (audience === issuer) return 'own'
  if (taken.has(audience)) return 'taken'
  return retired.audiences.has(audience) ? 'retired' : undefined
}

export const audienceSentences: Readonly<Record<NameFault, string>> = {
  form: 'It is an absolute URI of at most 512 characters without a fragment, such as https://api.example.',
  own: 'This is the server itself, which needs no entry.',
  taken: 'There is an API with this audience already.',
  retired: 'An API with this audience was deleted, and tokens for it may still be around: choose another.',
}

/** RFC 6749 §3.3. */
export function scopeNameFault(name: string, { taken, retired }: Names): NameFault | undefined {
  if (!isScopeToken(name) || name.length > longestScope) return 'form'
  if (consoleAddresses.includes(name)) return 'own'
  if (taken.has(name)) return 'taken'
  return retired.scopes.has(name) ? 'retired' : undefined
}

export const scopeNameSentences: Readonly<Record<NameFault, string>> = {
  form: `It is printable ASCII without spaces, quotation marks and backslashes, ${longestScope} characters at most.`,
  own: 'This name is an address of the console: choose another.',
  taken: 'There is such a scope already.',
  retired: 'A scope of this name was deleted, and tokens may still carry it: choose another.',
}
