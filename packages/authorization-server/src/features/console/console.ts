// The console as it runs: its desks, and every address with its rule. Loaded when somebody first comes, never by a start.
import {
  type Actor,
  type Asked,
  createOpenFiles,
  type Desk,
  type Noun,
  type OpenFiles,
  type Operation,
  operationKey,
  operationsOf,
  type Owner,
  reachOf,
  type Verb,
} from '../../platform/console/index.ts'
import { HttpFault } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import type { ConsoleSettings } from './config.ts'

export interface Console {
  readonly context: Context
  readonly settings: ConsoleSettings
  readonly nouns: readonly Noun[]
  readonly desks: ReadonlyMap<string, Desk>
  readonly operations: ReadonlyMap<string, Operation>
  readonly files: OpenFiles
}

const fileBounds = { most: 6, mostOfOne: 2, stallMs: 120_000 }

export function consoleOf(context: Context, settings: ConsoleSettings, desks: readonly Desk[]): Console {
  const nouns = desks.map(({ noun }) => noun)
  const all = operationsOf(nouns)
  const operations = new Map(all.map((one) => [operationKey(one.method, one.path), one]))
  // An act or a question with the name of another would take its place, and with it its rule.
  if (operations.size !== all.length) throw new Error('Two operations of the console share an address.')
  const files = createOpenFiles(fileBounds)
  return { context, settings, nouns, desks: new Map(desks.map((desk) => [desk.noun.name, desk])), operations, files }
}

/** Who came, and what they may do. */
export interface Entered {
  readonly asked: Asked
  /** Whether the password was given a short time ago. */
  readonly isFresh: boolean
  /** Who they are by now, as if they came at this moment; undefined when they would not be let in. */
  again(): Promise<Actor | undefined>
}

/** Whether they still reach what they reached when they came: asked by whatever goes on for a while. */
export async function reachesStill(
  { asked, again }: Entered,
  { noun, verb }: Pick<Operation, 'noun' | 'verb'>,
): Promise<boolean> {
  const actor = await again()
  return actor !== undefined && reachOf(actor, noun, verb) === reachOf(asked.actor, noun, verb)
}

/** Whoever asks, with the reason that they give: from here on it goes wherever `asked` goes. */
export function because<Kind extends Entered>(entered: Kind, reason: string | undefined): Kind {
  return { ...entered, asked: { ...entered.asked, reason } }
}

/** The operation at an address: of `/admin/:noun/` with what the request has for `:noun`. */
export function operationAt(
  { operations }: Console,
  method: string,
  template: string,
  params: Readonly<Record<string, string>>,
): Operation {
  const path = template.replace(':noun', params['noun'] ?? '').replace(':act', params['act'] ?? '')
  const operation = operations.get(operationKey(method, path))
  if (operation === undefined) throw new HttpFault('not-found', 'There is nothing at this address.')
  return operation
}

/** Which rows the actor reaches: all, or those that they own. Refuses who reaches none. */
export function ownerIn(actor: Actor, noun: Noun, verb: Verb): Owner {
  const reach = reachOf(actor, noun, verb)
  if (reach === 'none') {
    throw new HttpFault('forbidden', 'Your account does not have the permission that this needs.', {
      detail: { rule: 'console-permission', permission: `${noun.name}.${verb}` },
    })
  }
  return reach === 'own' ? actor.id : undefined
}

export function deskOf({ desks }: Console, noun: Noun): Desk {
  const desk = desks.get(noun.name)
  if (desk === undefined) throw new Error(`The noun ${noun.name} has no desk.`)
  return desk
}

export function visibleNouns({ nouns }: Console, actor: Actor): readonly Noun[] {
  return nouns.filter((noun) => reachOf(actor, noun, 'view') !== 'none')
}
