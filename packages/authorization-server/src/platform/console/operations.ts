// Every address of the console and of its API, with the rule that admits to it. A request is served by finding its operation here:
// what is not in this table is not found, and so no route is without a rule.
import { type Act, changeFields, type Field, type Noun, type Question, type Verb } from './noun.ts'

export type Task =
  | 'list'
  | 'export'
  | 'add'
  | 'read'
  | 'change'
  | 'delete'
  | 'consequences'
  | 'history'
  | 'act'
  | 'act-on-many'
  | 'act-on-noun'
  | 'ask'

export type OperationMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface Operation {
  readonly surface: 'page' | 'api'
  readonly method: OperationMethod
  /** With the noun and the act in it; a row is `:id`. */
  readonly path: string
  readonly noun: Noun
  readonly task: Task
  readonly verb: Verb
  readonly act?: Act
  readonly question?: Question
  /** The password was given a short time ago, or is asked for first. */
  readonly isSensitive: boolean
}

export const pageRoot = '/admin/'
export const apiRoot = '/api/v1'
export const exportFormats = ['csv', 'json'] as const

/** What belongs to no noun: whoever comes in may have it, and finds in it only what is of nouns that they may view. */
export interface CommonOperation {
  readonly surface: Operation['surface']
  readonly method: OperationMethod
  readonly path: string
}

export const overviewPath: string = `${apiRoot}/overview`
export const commonOperations: readonly CommonOperation[] = [
  { surface: 'page', method: 'GET', path: pageRoot },
  { surface: 'api', method: 'GET', path: apiRoot },
  { surface: 'api', method: 'GET', path: overviewPath },
]

export function operationsOf(nouns: readonly Noun[]): readonly Operation[] {
  return nouns.flatMap((noun) => [...pagesOf(noun), ...callsOf(noun)])
}

export function operationKey(method: string, path: string): string {
  return `${method} ${path}`
}

type Rule = Pick<Operation, 'task' | 'verb' | 'act' | 'question'>

function makerOf(noun: Noun, surface: Operation['surface'], root: string) {
  return (method: OperationMethod, path: string, rule: Rule): Operation => ({
    surface,
    method,
    path: `${root}${path}`,
    noun,
    ...rule,
    isSensitive: rule.act === undefined ? noun.sensitive?.includes(rule.verb) === true : rule.act.isSensitive === true,
  })
}

function pagesOf(noun: Noun): readonly Operation[] {
  const make = makerOf(noun, 'page', `${pageRoot}${noun.name}/`)
  const both = (path: string, rule: Rule): readonly Operation[] => [make('GET', path, rule), make('POST', path, rule)]
  return [
    make('GET', '', { task: 'list', verb: 'view' }),
    make('GET', 'export/', { task: 'export', verb: 'view' }),
    make('GET', ':id/', { task: 'read', verb: 'view' }),
    make('GET', ':id/history/', { task: 'history', verb: 'view' }),
    ...(noun.add === undefined ? [] : both('add/', { task: 'add', verb: 'add' })),
    ...(noun.change === undefined ? [] : both(':id/change/', { task: 'change', verb: 'change' })),
    ...(noun.canDelete === true ? both(':id/delete/', { task: 'delete', verb: 'delete' }) : []),
    ...noun.acts.flatMap((act) => [
      ...(act.on === 'row' ? both(`:id/${act.name}/`, { task: 'act', verb: act.verb, act }) : []),
      ...(act.on === 'noun' ? both(`actions/${act.name}/`, { task: 'act-on-noun', verb: act.verb, act }) : []),
      ...(act.isBulk === true
        ? [make('POST', `actions/${act.name}/`, { task: 'act-on-many', verb: act.verb, act })]
        : []),
    ]),
    ...askedOf(noun).map((rule) => make('GET', `:id/${rule.question.name}/`, rule)),
  ]
}

function callsOf(noun: Noun): readonly Operation[] {
  const make = makerOf(noun, 'api', `${apiRoot}/${noun.name}`)
  return [
    make('GET', '', { task: 'list', verb: 'view' }),
    ...exportFormats.map((format) => make('GET', `/export.${format}`, { task: 'export', verb: 'view' })),
    make('GET', '/:id', { task: 'read', verb: 'view' }),
    make('GET', '/:id/history', { task: 'history', verb: 'view' }),
    ...(noun.add === undefined ? [] : [make('POST', '', { task: 'add', verb: 'add' })]),
    ...(noun.change === undefined ? [] : [make('PATCH', '/:id', { task: 'change', verb: 'change' })]),
    ...(noun.canDelete === true
      ? [
          make('DELETE', '/:id', { task: 'delete', verb: 'delete' }),
          make('GET', '/:id/consequences', { task: 'consequences', verb: 'delete' }),
        ]
      : []),
    ...noun.acts.flatMap((act) => [
      ...(act.on === 'row' ? [make('POST', `/:id/${act.name}`, { task: 'act', verb: act.verb, act })] : []),
      ...(act.on === 'noun'
        ? [make('POST', `/actions/${act.name}`, { task: 'act-on-noun', verb: act.verb, act })]
        : []),
      ...(act.isBulk === true
        ? [make('POST', `/actions/${act.name}`, { task: 'act-on-many', verb: act.verb, act })]
        : []),
    ]),
    ...askedOf(noun).map((rule) => make('GET', `/:id/${rule.question.name}`, rule)),
  ]
}

/** What may be set by it. */
export function writableFields({ noun, task, act }: Pick<Operation, 'noun' | 'task' | 'act'>): readonly Field[] {
  if (task === 'add') return noun.add ?? []
  return task === 'change' ? changeFields(noun) : (act?.fields ?? [])
}

function askedOf({ questions = [] }: Noun): readonly (Rule & { readonly question: Question })[] {
  return questions.map((question) => ({ task: 'ask', verb: question.verb, question }))
}
