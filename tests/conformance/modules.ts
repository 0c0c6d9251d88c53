// Every module by its name.
import { claimModules } from './modules/claims.ts'
import { codeModules } from './modules/codes.ts'
import { configurationModules } from './modules/configuration.ts'
import { logoutModules } from './modules/logout.ts'
import { logoutNotificationModules } from './modules/logout-notification.ts'
import { objectModules } from './modules/objects.ts'
import { promptModules } from './modules/prompts.ts'
import { redirectModules } from './modules/redirects.ts'
import { registrationModules } from './modules/registration.ts'
import { requestModules } from './modules/requests.ts'
import type { ModuleName } from './plans.ts'
import type { Stage } from './stage.ts'

export type Module = (stage: Stage) => Promise<void>

export const implementations: Readonly<Record<ModuleName, Module>> = {
  ...requestModules,
  ...promptModules,
  ...claimModules,
  ...codeModules,
  ...objectModules,
  ...redirectModules,
  ...registrationModules,
  ...configurationModules,
  ...logoutModules,
  ...logoutNotificationModules,
}
