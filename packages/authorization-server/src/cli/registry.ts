// The commands of latchkey, by name: each is loaded only when it runs. A test holds names and aliases to the declarations.

import type { CommandEntry } from './command.ts'

export const commandEntries: readonly CommandEntry[] = [
  { name: 'dev', aliases: ['runserver'], load: async () => (await import('./commands/dev.ts')).command },
  { name: 'serve', aliases: [], load: async () => (await import('./commands/serve.ts')).command },
  { name: 'migrate', aliases: [], load: async () => (await import('./commands/migrate.ts')).command },
  { name: 'backup', aliases: [], load: async () => (await import('./commands/backup.ts')).command },
  { name: 'restore', aliases: [], load: async () => (await import('./commands/restore.ts')).command },
  { name: 'db copy', aliases: [], load: async () => (await import('./commands/db-copy.ts')).command },
  { name: 'check-config', aliases: [], load: async () => (await import('./commands/check-config.ts')).command },
  {
    name: 'housekeeping',
    aliases: ['cleartokens'],
    load: async () => (await import('./commands/housekeeping.ts')).command,
  },
  { name: 'doctor', aliases: [], load: async () => (await import('./commands/doctor.ts')).command },
  { name: 'user create', aliases: [], load: async () => (await import('./commands/user-create.ts')).command },
  { name: 'user list', aliases: [], load: async () => (await import('./commands/user-list.ts')).command },
  {
    name: 'user passwd',
    aliases: ['changepassword'],
    load: async () => (await import('./commands/user-passwd.ts')).command,
  },
  { name: 'user disable', aliases: [], load: async () => (await import('./commands/user-active.ts')).disable },
  { name: 'user enable', aliases: [], load: async () => (await import('./commands/user-active.ts')).enable },
  { name: 'group create', aliases: [], load: async () => (await import('./commands/group-create.ts')).command },
  { name: 'app create', aliases: [], load: async () => (await import('./commands/app-create.ts')).command },
  { name: 'app list', aliases: [], load: async () => (await import('./commands/app-list.ts')).command },
  {
    name: 'app rotate-secret',
    aliases: [],
    load: async () => (await import('./commands/app-rotate-secret.ts')).command,
  },
  { name: 'api create', aliases: [], load: async () => (await import('./commands/api-create.ts')).command },
  { name: 'api list', aliases: [], load: async () => (await import('./commands/api-list.ts')).command },
  { name: 'export', aliases: [], load: async () => (await import('./commands/export.ts')).command },
  { name: 'plan', aliases: [], load: async () => (await import('./commands/plan.ts')).command },
  { name: 'apply', aliases: [], load: async () => (await import('./commands/apply.ts')).command },
  {
    name: 'registration-token create',
    aliases: [],
    load: async () => (await import('./commands/registration-tokens.ts')).create,
  },
  {
    name: 'registration-token list',
    aliases: [],
    load: async () => (await import('./commands/registration-tokens.ts')).list,
  },
  {
    name: 'registration-token revoke',
    aliases: [],
    load: async () => (await import('./commands/registration-tokens.ts')).revoke,
  },
  { name: 'key list', aliases: [], load: async () => (await import('./commands/key-list.ts')).command },
  { name: 'key rotate', aliases: [], load: async () => (await import('./commands/key-rotate.ts')).command },
  { name: 'audit verify', aliases: [], load: async () => (await import('./commands/audit-verify.ts')).command },
  { name: 'token inspect', aliases: [], load: async () => (await import('./commands/token-inspect.ts')).command },
  { name: 'createsuperuser', aliases: [], load: async () => (await import('./commands/createsuperuser.ts')).command },
  {
    name: 'createapplication',
    aliases: [],
    load: async () => (await import('./commands/createapplication.ts')).command,
  },
]
