/**
 * Logouts: the end of sessions, which clients each had, and the logout tokens that are still to be delivered to them.
 * Specifications: OpenID Connect Back-Channel Logout §2.5, §2.7; OpenID Connect Front-Channel Logout §2. Tables: session_clients,
 * logout_deliveries. Settings: none of its own.
 */
export {
  type DeliveryOutcome,
  type DeliveryState,
  isAbsent,
  isSpent,
  type LogoutDelivery,
  nextDue,
  stateAfter,
} from './delivery.ts'
export {
  endOtherSessionsOf,
  endSessionIfLive,
  endSessionOf,
  endSessionsUnderOldEpoch,
  type LogoutRegistration,
  rememberSignIn,
  replaceSession,
} from './ending-apply.ts'
export { logoutsMigrations } from './migrations.ts'
export {
  claimDelivery,
  deliveriesOfClient,
  dueDeliveries,
  type FailedDeliveries,
  failedDeliveries,
  hasDueDeliveries,
  noteDelivery,
  putOffDeliveries,
  type SessionClient,
  sessionClientsOf,
  settledDeliveries,
  settleDelivery,
} from './store.ts'
