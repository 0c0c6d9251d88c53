// docs/reference/configuration.md: every setting, as its room declares it.
import { settingFragments } from '../../packages/authorization-server/src/config.ts'
import { referenceTable, settingRows } from '../../packages/authorization-server/src/platform/config/index.ts'
import { generated } from './markdown.ts'

const titles: Readonly<Record<string, string>> = {
  server: 'Server',
  identity: 'Identity',
  limits: 'Limits',
  profile: 'Profile APIs',
  log: 'Log',
}

export function configurationPage(): string {
  return generated('Configuration', [
    [
      'A setting comes from, in rising order: its default, the JSON file that `LATCHKEY_CONFIG` names, the environment, a flag of the',
      'command. In the file the key is the path below, `{"server": {"port": 8000}}`. Durations and sizes may be written short in the',
      'environment: `15m`, `7d`, `64KiB`. A secret is also read from the file that its name with `_FILE` names, and is never shown.',
    ].join('\n'),
    [
      '`latchkey check-config` prints what is in force and where each value comes from; every fault is listed at once. `PORT` and `HOST`',
      'are taken for `LATCHKEY_PORT` and `LATCHKEY_HOST`. `latchkey serve` refuses to start without `LATCHKEY_PUBLIC_URL`.',
    ].join('\n'),
    ...settingFragments.flatMap((fragment) => [
      `## ${titles[fragment.name] ?? fragment.name}`,
      referenceTable(settingRows([fragment])),
    ]),
  ])
}
