// Every page of the console, made from the table by which requests are served: a new noun, act or question is in it by itself.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import {
  apiRoot,
  type Field,
  type Noun,
  type Operation,
  operationsOf,
  textOf,
  writableFields,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'

export interface ConsolePage {
  readonly path: string
  /** Pages of one kind differ in nothing but what they are of. */
  readonly kind: string
  /** Of the answer. */
  readonly status?: number
  /** What to do once it stands, which leads to another page. */
  readonly step?: 'send-empty' | 'send-stale' | { readonly chosen: string }
}

/** Those that belong to no noun; the reference of the API has tests of its own. */
const common: readonly ConsolePage[] = [
  ...['/admin/', '/admin/find/', '/admin/confirm/', apiRoot, `${apiRoot}/overview`].map((path) => ({
    path,
    kind: path,
  })),
  { path: '/admin/users/999999/', kind: 'not found', status: 404 },
]

export type RowOf = (noun: string) => string | undefined

/** The pages of each noun; those of a row only where there is one. */
export async function consolePages(
  context: Context,
  rowOf: RowOf,
): Promise<ReadonlyMap<string, readonly ConsolePage[]>> {
  const nouns = (await consoleDesks(context)).map(({ noun }) => noun)
  const operations = operationsOf(nouns)
  const ofNoun = (noun: Noun): readonly ConsolePage[] =>
    operations.filter((one) => one.noun === noun).flatMap((operation) => pagesOf(operation, rowOf))
  return new Map([['', common] as const, ...nouns.map((noun) => [noun.name, ofNoun(noun)] as const)])
}

function pagesOf(operation: Operation, rowOf: RowOf): readonly ConsolePage[] {
  const { noun, surface, method, task, act } = operation
  const id = rowOf(noun.name)
  if (operation.path.includes('/:id') && id === undefined) return []
  const path = operation.path.replace(':id', encodeURIComponent(id ?? ''))
  if (surface === 'page' && task === 'act-on-many' && id !== undefined && act !== undefined) {
    return [{ path: `/admin/${noun.name}/`, kind: task, step: { chosen: path } }]
  }
  if (method !== 'GET') return []
  if (surface === 'api') return task === 'list' || task === 'read' ? [{ path, kind: `API ${task}` }] : []
  return [{ path, kind: kindOf(operation, path) }, ...furtherStates(operation, path, rowOf)]
}

/** What is of no noun in particular, and what is of one. */
function kindOf({ task, act }: Operation, path: string): string {
  const isAlike = ['export', 'history', 'delete'].includes(task) || (act !== undefined && act.fields === undefined)
  return isAlike ? task : path
}

/** A list with nothing in it, a form that comes back, a question that was asked. */
function furtherStates(operation: Operation, path: string, rowOf: RowOf): readonly ConsolePage[] {
  const { task, question } = operation
  switch (task) {
    case 'list':
      return [
        { path: `${path}?${emptying(operation.noun)}`, kind: 'empty list' },
        { path: `${path}?limit=1`, kind: 'a list that goes on' },
      ]
    case 'change':
      return operation.noun.version === undefined
        ? []
        : [{ path, kind: 'a change that came too late', step: 'send-stale' }]
    case 'add':
    case 'act':
    case 'act-on-noun':
      return writableFields(operation).some(({ isRequired }) => isRequired === true)
        ? [{ path, kind: `${path} refused`, step: 'send-empty' }]
        : []
    case 'ask':
      return question?.fields === undefined
        ? []
        : [{ path: `${path}?${answers(question.fields, rowOf)}`, kind: `${path} answered` }]
    default:
      return []
  }
}

function emptying({ search, filters }: Noun): string {
  if (search.length > 0) return 'q=zzzz-no-such-thing'
  const period = filters.find(({ kind }) => kind === 'period')
  return period === undefined ? 'limit=2' : `${period.name}=1971-01-01`
}

function answers(fields: readonly Field[], rowOf: RowOf): string {
  const given = fields.map(({ name, kind, noun, choices, initial }) => [
    name,
    kind === 'reference'
      ? (rowOf(noun ?? '') ?? '1')
      : textOf(initial ?? choices?.[0]?.value ?? 'https://app.example/x'),
  ])
  return new URLSearchParams(given).toString()
}

/** Opens it, and brings it into its state. */
export async function openConsolePage(
  page: Page,
  url: string,
  { path, step, status = 200 }: ConsolePage,
): Promise<void> {
  const answer = await page.goto(`${url}${path}`)
  assert.equal(answer?.status(), status, path)
  if (step === undefined) return
  const [next] = await Promise.all([page.waitForNavigation(), page.evaluate(scriptOf(step))])
  assert.equal(next?.status(), step === 'send-stale' ? 409 : 200, `${path}, ${JSON.stringify(step)}`)
  const isRefused = step === 'send-empty' || step === 'send-stale'
  assert.equal(await page.locator('main [role=alert]').count(), isRefused ? 1 : 0, `${path}, ${JSON.stringify(step)}`)
}

function scriptOf(step: NonNullable<ConsolePage['step']>): string {
  const form = `document.querySelector('main form[method=post]')`
  if (step === 'send-stale') return `${form}.elements._version.value = '1'; ${form}.requestSubmit()`
  if (step === 'send-empty') {
    return `for (const one of ${form}.querySelectorAll('.input')) one.value = ''; ${form}.requestSubmit()`
  }
  const button = `document.querySelector('[formaction="${step.chosen}"]')`
  return `document.querySelector('main input[name=id]').checked = true; ${button}.form.requestSubmit(${button})`
}
