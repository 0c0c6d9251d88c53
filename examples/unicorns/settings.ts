// Decides which settings this example runs with, from the environment.

export interface Settings {
  readonly host: string
  readonly port: number
  /** Where people and programs reach it, without a slash at the end: the issuer and all links begin with it. */
  readonly publicUrl: string
  /** The folder of both databases and of the master key; made when it is not there. */
  readonly dataDir: string
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed: sign-ups are counted by whom they come from. */
  readonly trustedProxies: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings. @throws Error that names the variable which makes no sense */
export function readSettings(environment: Environment): Settings {
  const port = portOf(environment['PORT'] ?? '8002')
  return {
    host: environment['HOST'] ?? 'localhost',
    port,
    publicUrl: new URL(environment['PUBLIC_URL'] ?? `http://localhost:${port}`).href.replace(/\/$/, ''),
    dataDir: environment['DATA_DIR'] ?? '.unicorns',
    trustedProxies: (environment['TRUSTED_PROXIES'] ?? '').split(',').filter((proxy) => proxy !== ''),
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port
  throw new Error(`PORT is ${text}, which is no port.`)
}
