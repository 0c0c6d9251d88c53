// A withdrawal, by the person or for them: whatever the application holds ends, and it holds nothing again without being allowed anew.
import type { Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { withdrawConsent } from '../consents/index.ts'
import { endGrantsOfClientForUser } from './store.ts'

export function withdrawAccess(userId: number, clientRow: number, now: Instant): readonly Write[] {
  return [withdrawConsent(userId, clientRow, now), endGrantsOfClientForUser(userId, clientRow, now)]
}
