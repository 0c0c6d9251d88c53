// What a page says after something was done; the address only names it, so that nobody's link can put words there.
import { consoleWords, type Noun, type Outcome } from '../../platform/console/index.ts'
import type { FieldErrors } from '../../platform/html/index.ts'
import type { Parameters } from '../../platform/http/index.ts'

const fixed: ReadonlyMap<string, string> = new Map([
  ['added', consoleWords.doneAdded],
  ['saved', consoleWords.doneSaved],
  ['deleted', consoleWords.doneDeleted],
])

function counted(message: { readonly one: string; readonly other: string }, count: number): string {
  return (count === 1 ? message.one : message.other).replace('{count}', String(count))
}

function countIn(query: Parameters, name: string): number | undefined {
  const text = query.get(name)
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined
}

export function doneNotice(noun: Noun, query: Parameters): string | undefined {
  const done = query.get('done')
  if (done === undefined) return undefined
  const rows = countIn(query, 'rows')
  if (rows !== undefined) return rows === 0 ? undefined : counted(consoleWords.doneMany, rows)
  return fixed.get(done) ?? noun.acts.find((act) => act.name === done)?.done
}

export function leftNotice(query: Parameters): string | undefined {
  if (query.get('done') === 'nothing') return consoleWords.nothingChosen
  const left = countIn(query, 'left')
  return left === undefined || left === 0 ? undefined : counted(consoleWords.undoneMany, left)
}

/** A refusal as the errors of a form, with the status of the page that shows them. */
export function refusalOf(outcome: Exclude<Outcome, { kind: 'done' }>): {
  readonly status: number
  readonly errors: FieldErrors
} {
  if (outcome.kind === 'invalid') return { status: 200, errors: outcome.errors }
  if (outcome.kind === 'refused') return { status: 403, errors: { form: [outcome.why] } }
  return { status: 409, errors: { form: [outcome.why ?? consoleWords.conflict] } }
}
