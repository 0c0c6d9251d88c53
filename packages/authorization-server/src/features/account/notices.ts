// Decides which sentence confirms what was just done on an account page.
import { html, type Html, notice, type PageContext, speak } from '../../platform/html/index.ts'
import { accountWords } from './words.ts'

export type AccountNotice =
  | 'profile-saved'
  | 'email-changed'
  | 'details-saved'
  | 'password-changed'
  | 'app-removed'
  | 'session-ended'
  | 'other-sessions-ended'
  | 'token-revoked'

const keys = {
  'profile-saved': 'savedProfile',
  'email-changed': 'savedEmail',
  'details-saved': 'savedDetails',
  'password-changed': 'savedPassword',
  'app-removed': 'removedApp',
  'session-ended': 'endedSession',
  'other-sessions-ended': 'endedOthers',
  'token-revoked': 'revokedToken',
} as const satisfies Readonly<Record<AccountNotice, keyof typeof accountWords>>

/** A notice name that came in an address or a cookie; undefined when it is none of ours. */
export function accountNoticeOf(name: string | undefined): AccountNotice | undefined {
  switch (name) {
    case 'profile-saved':
    case 'email-changed':
    case 'details-saved':
    case 'password-changed':
    case 'app-removed':
    case 'session-ended':
    case 'other-sessions-ended':
    case 'token-revoked':
      return name
    default:
      return undefined
  }
}

export function accountNotice(context: PageContext, name: AccountNotice | undefined): Html {
  if (name === undefined) return html``
  return notice('success', speak(context, accountWords).say(keys[name]))
}
