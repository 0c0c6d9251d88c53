// One grant as its sequential specification: what each operation may answer, and what it changes, when nothing else happens at the
// same time. RFC 6749 §4.1.2, §6; RFC 7009 §2.2; RFC 9700 §4.14.2.
import type { Given, Operation, Policy } from './history.ts'

interface Epochs {
  readonly user: number
  readonly consent: number
  readonly client: number
}

export interface GrantState {
  readonly isActive: boolean
  readonly epochs: Epochs
  /** The user's epoch at which each session began. */
  readonly sessions: Readonly<Record<string, number>>
  /** The epochs at which the code was issued. */
  readonly code: Epochs | undefined
  readonly isRedeemed: boolean
  readonly isEnded: boolean
  readonly generation: number
  /** The generation of each token that an answer has named. */
  readonly refresh: Readonly<Record<string, number>>
  readonly access: Readonly<Record<string, number>>
}

export function initialState(isActive = true): GrantState {
  return {
    isActive,
    epochs: { user: 0, consent: 0, client: 0 },
    sessions: {},
    code: undefined,
    isRedeemed: false,
    isEnded: false,
    generation: 0,
    refresh: {},
    access: {},
  }
}

/** The state after an operation with this outcome, or undefined when it could not have come out like that. */
export function step(state: GrantState, operation: Operation, policy: Policy): GrantState | undefined {
  switch (operation.kind) {
    case 'disable':
    case 'enable':
    case 'change password':
    case 'withdraw consent':
    case 'void client':
      return operation.outcome === 'refused' ? undefined : changed(state, operation.kind)
    case 'sign in':
      return state.isActive && operation.outcome !== 'refused'
        ? { ...state, sessions: { ...state.sessions, [operation.session]: state.epochs.user } }
        : undefined
    case 'issue':
      return issued(state, operation.session, operation.outcome)
    case 'redeem':
      return redeemed(state, operation)
    case 'refresh':
      return refreshed(state, operation, policy)
    case 'introspect':
      return operation.outcome === (isWorth(state, operation.token, policy) ? 'ok' : 'refused') ? state : undefined
    case 'revoke':
      return state.isRedeemed && operation.outcome !== 'refused' ? { ...state, isEnded: true } : undefined
  }
}

function changed(
  state: GrantState,
  kind: 'disable' | 'enable' | 'change password' | 'withdraw consent' | 'void client',
): GrantState {
  const { epochs } = state
  switch (kind) {
    case 'disable':
    case 'enable':
      return { ...state, isActive: kind === 'enable', epochs: { ...epochs, user: epochs.user + 1 } }
    case 'change password':
      return { ...state, epochs: { ...epochs, user: epochs.user + 1 } }
    case 'withdraw consent':
      return { ...state, epochs: { ...epochs, consent: epochs.consent + 1 } }
    case 'void client':
      return { ...state, epochs: { ...epochs, client: epochs.client + 1 } }
  }
}

function issued(state: GrantState, session: string, outcome: Operation['outcome']): GrantState | undefined {
  if (outcome === 'refused') return state
  const mayBe = state.isActive && state.sessions[session] === state.epochs.user
  return mayBe ? { ...state, code: state.epochs } : undefined
}

/** Whether what was issued with the code's epochs is worth anything. */
function stands({ isActive, epochs, code }: GrantState): boolean {
  const same = code?.user === epochs.user && code.consent === epochs.consent && code.client === epochs.client
  return isActive && same
}

function redeemed(state: GrantState, { outcome, ...how }: Operation & { kind: 'redeem' }): GrantState | undefined {
  if (state.isRedeemed) return outcome === 'ok' ? undefined : { ...state, isEnded: true }
  if (!stands(state)) return outcome === 'refused' ? state : undefined
  if (outcome === 'refused') return how.isLate === true ? state : undefined
  const next = { ...state, isRedeemed: true }
  return outcome === 'ok' && how.given !== undefined ? named(next, how.given, 0) : next
}

function refreshed(
  state: GrantState,
  { outcome, token, given }: Operation & { kind: 'refresh' },
  policy: Policy,
): GrantState | undefined {
  const presented = state.refresh[token]
  if (presented === undefined) return undefined
  if (!state.isRedeemed || state.isEnded || !stands(state)) return outcome === 'refused' ? state : undefined
  const { generation } = state
  if (presented === generation) {
    if (outcome === 'refused') return undefined
    const next = { ...state, generation: generation + 1 }
    return given === undefined ? next : named(next, given, generation + 1)
  }
  if (policy.hasGrace && presented === generation - 1) {
    // Unanswered, it changed nothing: the successor was derived.
    return outcome === 'ok' && given !== undefined ? named(state, given, generation) : undefined
  }
  return outcome === 'ok' ? undefined : { ...state, isEnded: true }
}

/** Undefined when a generation would have two names, or a name two generations. */
function named(state: GrantState, { refresh, access }: Given, generation: number): GrantState | undefined {
  const known = Object.entries(state.refresh).find(([, at]) => at === generation)?.[0]
  if ((known ?? refresh) !== refresh || (state.refresh[refresh] ?? generation) !== generation) return undefined
  if (state.access[access] !== undefined) return undefined
  return {
    ...state,
    refresh: { ...state.refresh, [refresh]: generation },
    access: { ...state.access, [access]: generation },
  }
}

function isWorth(state: GrantState, token: string, policy: Policy): boolean {
  const generation = state.access[token]
  if (generation === undefined || state.isEnded || !stands(state)) return false
  return !policy.endsAccessTokens || generation === state.generation
}
