// Every table, by the room that owns it. Migrations run in the order of their ids.
import { authorizationMigrations } from './features/authorization/index.ts'
import { clientAuthenticationMigrations } from './features/client-authentication/index.ts'
import { setupMigrations } from './features/setup/index.ts'
import { jobsMigrations } from './platform/jobs/index.ts'
import type { Migration } from './platform/storage/index.ts'
import { clientsMigrations } from './records/clients/index.ts'
import { consentsMigrations } from './records/consents/index.ts'
import { credentialsMigrations } from './records/credentials/index.ts'
import { eventsMigrations } from './records/events/index.ts'
import { grantsMigrations } from './records/grants/index.ts'
import { groupsMigrations } from './records/groups/index.ts'
import { installationMigrations } from './records/installation/index.ts'
import { keysMigrations } from './records/keys/index.ts'
import { logoutsMigrations } from './records/logouts/index.ts'
import { registrationsMigrations } from './records/registrations/index.ts'
import { scopesMigrations } from './records/scopes/index.ts'
import { sessionsMigrations } from './records/sessions/index.ts'
import { usageMigrations } from './records/usage/index.ts'
import { usersMigrations } from './records/users/index.ts'
import { viewsMigrations } from './records/views/index.ts'

export const migrations: readonly Migration[] = [
  ...installationMigrations,
  ...usersMigrations,
  ...groupsMigrations,
  ...credentialsMigrations,
  ...sessionsMigrations,
  ...scopesMigrations,
  ...clientsMigrations,
  ...consentsMigrations,
  ...grantsMigrations,
  ...logoutsMigrations,
  ...registrationsMigrations,
  ...keysMigrations,
  ...eventsMigrations,
  ...viewsMigrations,
  ...authorizationMigrations,
  ...clientAuthenticationMigrations,
  ...setupMigrations,
  ...usageMigrations,
  ...jobsMigrations,
]
