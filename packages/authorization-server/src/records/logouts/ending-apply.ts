// The one place where sessions end. Whoever ends one, for whatever reason, takes these writes into the commit: the clients of
// the session are told, and what was given in it ends, except what is meant to outlive it (OpenID Connect Core §11;
// OpenID Connect Back-Channel Logout §2.7).
import type { Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { endGrantsOfOtherSessions, endGrantsOfSession, moveGrantsToSession } from '../grants/index.ts'
import { endAllSessions, endOtherSessions, endSession } from '../sessions/index.ts'
import { moveSessionClients, queueLogoutsOfSession, queueLogoutsOfUser, rememberSessionClient } from './store.ts'

/** What says whether a client wants to learn of the end of a session. */
export interface LogoutRegistration {
  readonly row: number
  readonly metadata: {
    readonly backchannelLogoutUri: string | undefined
    readonly frontchannelLogoutUri: string | undefined
  }
}

/** For whatever tells a client who is signed in: nothing to write for the many that registered no address. */
export function rememberSignIn(client: LogoutRegistration, sessionId: string, userId: number): readonly Write[] {
  const { backchannelLogoutUri, frontchannelLogoutUri } = client.metadata
  if (backchannelLogoutUri === undefined && frontchannelLogoutUri === undefined) return []
  return [rememberSessionClient(sessionId, client.row, userId)]
}

/** The first write is unmet when the session is not this user's, or over already. */
export function endSessionOf(id: string, userId: number, now: Instant): readonly Write[] {
  return [endSession(id, userId, now), queueLogoutsOfSession(id, now), endGrantsOfSession(id, userId, now)]
}

/** As {@link endSessionOf}, where it does not matter that somebody else was quicker. */
export function endSessionIfLive(id: string, userId: number, now: Instant): readonly Write[] {
  const [end, ...others] = endSessionOf(id, userId, now)
  return end === undefined ? [] : [{ ...end, rows: 'any' }, ...others]
}

/** Ends all sessions of a person but the one that they sit in. */
export function endOtherSessionsOf(keptId: string, userId: number, now: Instant): readonly Write[] {
  return [
    queueLogoutsOfUser(userId, keptId, now),
    endOtherSessions(keptId, userId, now),
    endGrantsOfOtherSessions(keptId, userId, now),
  ]
}

/**
 * For what voids all that a person holds by a new epoch, grants included: a new password, disabling.
 * @param keptId the session that made the change, if it lives on
 */
export function endSessionsUnderOldEpoch(userId: number, keptId: string | undefined, now: Instant): readonly Write[] {
  const end = keptId === undefined ? endAllSessions(userId, now) : endOtherSessions(keptId, userId, now)
  return [queueLogoutsOfUser(userId, keptId, now), end]
}

/** The same person signed in again in the same browser: for their clients nothing has ended. */
export function replaceSession(formerId: string, id: string, userId: number, now: Instant): readonly Write[] {
  return [
    moveGrantsToSession(formerId, id, userId),
    moveSessionClients(formerId, id),
    { ...endSession(formerId, userId, now), rows: 'any' },
  ]
}
