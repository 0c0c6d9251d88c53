// A server under test as the measurement sees it: a port, the processes it costs, and what to ask it with.
export type Engine = 'sqlite' | 'postgres'

export interface Material {
  /** The Authorization header of the client that asks. */
  readonly basic: string
  readonly accessTokens: readonly string[]
  readonly refreshTokens: readonly string[]
  readonly codes: readonly string[]
  /** Of live sessions, as a Cookie header says them. */
  readonly cookies: readonly string[]
  /** Of people who may sign in. */
  readonly identifiers: readonly string[]
}

export interface Target {
  readonly name: string
  readonly port: number
  /** Roots of all process trees that work for it, the database's too. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}
