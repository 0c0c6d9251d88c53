// Questions about a row, on their page and in the API: what is asked is read by the declaration, and the desk answers.
import {
  type Answer,
  emptyValue,
  type Entry,
  type Input,
  type Operation,
  type Question,
  questionPage,
  readForm,
} from '../../platform/console/index.ts'
import { jsonReply, noStore, type Parameters, type Reply } from '../../platform/http/index.ts'
import { pageContext, shownPolicy } from '../browser/index.ts'
import { type Console, deskOf, type Entered, visibleNouns } from './console.ts'
import { type EnteredPage, pageReply } from './entering-endpoint.ts'
import { refusalOf } from './notices.ts'
import { problemReply } from './api/problem-face.ts'
import { findRow } from './rows-endpoint.ts'

/** The page: its form alone until something is asked. */
export async function showQuestion(here: Console, entered: EnteredPage, operation: Operation): Promise<Reply> {
  const { noun } = operation
  const { params, query } = entered.request
  const entry = await findRow(here, entered, operation, params['id'] ?? '')
  const question = questionOf(operation)
  const fields = question.fields ?? []
  const isAsked = fields.length === 0 || fields.some(({ name }) => query.has(name))
  const input: Input = isAsked
    ? readForm(fields, query)
    : { kind: 'values', values: Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)])) }
  const answer = isAsked ? await answerTo(here, entered, operation, entry, input) : undefined
  const refusal = answer === undefined || answer.kind === 'found' ? undefined : refusalOf(answer)
  const markup = questionPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, entered.asked.actor) },
    noun,
    question,
    entry,
    values: input.values,
    errors: refusal?.errors,
    choices: {},
    policy: shownPolicy(here.context.identity.passwordPolicy),
    finding: answer?.kind === 'found' ? answer.finding : undefined,
    query: written(
      fields.map(({ name }) => name),
      query,
    ),
  })
  return pageReply(here, entered, markup, refusal?.status ?? 200)
}

/** The same, as JSON. */
export async function answerQuestion(
  here: Console,
  entered: Entered,
  operation: Operation,
  { params, query }: { readonly params: Readonly<Record<string, string>>; readonly query: Parameters },
): Promise<Reply> {
  const entry = await findRow(here, entered, operation, params['id'] ?? '')
  const fields = questionOf(operation).fields ?? []
  const strange = query.names().filter((name) => !fields.some((field) => field.name === name))
  if (strange.length > 0) {
    return invalid(Object.fromEntries(strange.map((name) => [name, ['There is no such parameter.']])))
  }
  const answer = await answerTo(here, entered, operation, entry, readForm(fields, query))
  if (answer.kind === 'found') return jsonReply(200, answer.finding, noStore)
  return answer.kind === 'invalid' ? invalid(answer.errors) : problemReply({ status: 403, detail: answer.why })
}

function invalid(errors: Readonly<Record<string, readonly string[]>>): Reply {
  return problemReply({ status: 400, detail: 'This cannot be asked like this.', errors })
}

function questionOf({ question, path }: Operation): Question {
  if (question === undefined) throw new Error(`Nothing is asked at ${path}.`)
  return question
}

async function answerTo(
  here: Console,
  { asked }: Entered,
  { noun, question }: Operation,
  entry: Entry,
  input: Input,
): Promise<Answer> {
  if (input.kind === 'invalid') return { kind: 'invalid', errors: input.errors }
  const answering = deskOf(here, noun).questions?.[question?.name ?? '']
  if (answering === undefined) throw new Error(`The desk of ${noun.name} does not answer ${question?.name}.`)
  return answering(asked, entry, input.values)
}

function written(names: readonly string[], query: Parameters): string {
  const pairs = names.flatMap((name) => query.all(name).map((value) => [name, value]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}
