// Whether this server is about to leave: from then on it still answers everything, but readiness says no and each answer
// ends its connection (RFC 9112 §9.6), so that clients and proxies go elsewhere before the listener is closed.

export interface Drain {
  readonly isDraining: boolean
  /** There is no way back. */
  begin(): void
}

export function createDrain(): Drain {
  let isDraining = false
  return {
    get isDraining() {
      return isDraining
    },
    begin() {
      isDraining = true
    },
  }
}
