// Compatibility switches of the profile APIs, each named for what it does.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface ProfileSettings {
  readonly nestedOldPasswordError: boolean
  readonly forbiddenWithoutToken: boolean
}

export const profileSettings: Fragment<'profile', ProfileSettings> = defineSettings('profile', {
  nestedOldPasswordError: setting(z.boolean().default(false), {
    env: 'LATCHKEY_NESTED_OLD_PASSWORD_ERROR',
    description:
      'Answers a wrong old password as the tutorial\'s server does, with the message nested twice: {"old_password":{"old_password":"…"}}.',
  }),
  forbiddenWithoutToken: setting(z.boolean().default(false), {
    env: 'LATCHKEY_PROFILE_FORBIDDEN_WITHOUT_TOKEN',
    description:
      "Answers /profile/ without a usable token with an empty 403, as django-oauth-toolkit's protected_resource does, instead of 401 with a challenge.",
    spec: 'RFC 6750 §3',
  }),
})
