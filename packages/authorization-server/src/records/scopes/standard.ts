// The scopes that a new database knows, and those of them that cannot go. OpenID Connect Core §5.4, §11.

/** With it, a person's token may do in the API what the person may do in the console. No client has it until a superuser gives it. */
export const consoleScope = 'console'

interface StandardScope {
  readonly name: string
  readonly description: string
  /** Kept: the code gives it a meaning. Of the others, whoever deletes one is not given it again. */
  readonly isKept: boolean
}

const kept = (name: string, description: string): StandardScope => ({ name, description, isKept: true })
const example = (name: string, description: string): StandardScope => ({ name, description, isKept: false })

/** In the order in which tokens name them. */
export const standardScopes: readonly StandardScope[] = [
  kept('openid', 'who you are'),
  kept('profile', 'your name and username'),
  kept('email', 'your e-mail address'),
  kept('address', 'your postal address'),
  kept('phone', 'your phone number'),
  kept('offline_access', 'stay connected while you are away'),
  example('read', 'your data in this app'),
  example('write', 'your data in this app'),
  kept(consoleScope, 'people, apps and keys of this server, as far as you may'),
]

/** Why a scope cannot be deleted; undefined when it can. */
export function whyKept(name: string): string | undefined {
  if (!standardScopes.some((scope) => scope.name === name && scope.isKept)) return undefined
  const whose =
    name === consoleScope ? 'The API of the console asks for this scope' : 'OpenID Connect gives this scope its meaning'
  return `${whose}, so it stays. Take it from the applications that shall not have it.`
}

/** Whether anybody's client may be registered with it. The others are given by a superuser: people would hand their powers to a stranger's app. */
export function isForAnyClient(scope: string): boolean {
  return scope !== consoleScope
}
