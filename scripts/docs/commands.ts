// docs/reference/cli.md: the commands, as they declare themselves.
import { commandReference } from '../../packages/authorization-server/src/cli/help.ts'
import { commandEntries } from '../../packages/authorization-server/src/cli/registry.ts'
import { generated } from './markdown.ts'

export async function commandsPage(): Promise<string> {
  const commands = await Promise.all(commandEntries.map((entry) => entry.load()))
  const [heading = '', ...rest] = commandReference(commands).split('\n')
  return generated(heading.replace('# ', ''), [rest.join('\n').trim()])
}
