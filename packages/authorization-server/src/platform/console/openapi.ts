// The API's description, OpenAPI 3.1, made from the same declarations as the API itself.
import type { Field, Noun } from './noun.ts'
import {
  changeSchema,
  consequenceSchema,
  doneSchema,
  exampleOfBody,
  exampleOfRow,
  itemsOf,
  type Json,
  otherPaths,
  pageSchema,
  problemResponses,
  problemSchema,
  refusalsOf,
  securityOf,
} from './openapi-parts.ts'
import { type Operation, operationsOf, writableFields } from './operations.ts'
import { changeFields } from './noun.ts'
import { defaultLimit, mostRows } from './list-query.ts'
import { longestReason, reasonHeader, reasonName } from './reason.ts'

export interface DescribedApi {
  readonly title: string
  readonly version: string
  readonly server: string
  /** Of the session of the console's pages. */
  readonly cookie?: string
  readonly nouns: readonly Noun[]
}

/** What exists in one answer only. */
const shownOnce = {
  type: 'array',
  description: 'Only where something exists in this answer and nowhere else: a new secret, a link that works once.',
  items: {
    type: 'object',
    properties: { label: { type: 'string' }, value: { type: 'string' } },
    required: ['label', 'value'],
  },
}

const text = { type: 'string' }
const tone = { enum: ['success', 'info', 'warning', 'danger'] }

/** What a question comes to. */
const finding = {
  type: 'object',
  required: ['verdict'],
  properties: {
    verdict: { type: 'object', properties: { tone, says: text, why: text }, required: ['tone', 'says'] },
    facts: {
      type: 'array',
      items: { type: 'object', properties: { label: text, value: {}, why: text }, required: ['label', 'value'] },
    },
    tables: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          title: text,
          about: text,
          columns: { type: 'array', items: text },
          rows: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                cells: { type: 'array' },
                state: text,
                tone,
                why: text,
                link: { type: 'object', properties: { label: text, href: text } },
              },
              required: ['cells'],
            },
          },
          empty: text,
        },
        required: ['title', 'columns', 'rows'],
      },
    },
    documents: { type: 'array', items: { type: 'object', properties: { title: text, json: {} } } },
  },
}

const reason = { type: ['string', 'null'], maxLength: longestReason, description: 'Why; it stands in the history.' }

/** For what has no body, and for whoever prefers it: one of the two. */
const reasonParameter = {
  name: reasonHeader,
  in: 'header',
  schema: { type: 'string' },
  description: `The member ${reasonName} of the body as a header: UTF-8, percent-encoded.`,
}

export function openApiOf({ title, version, server, cookie = 'session', nouns }: DescribedApi): Json {
  const paths: Record<string, Json> = otherPaths()
  for (const operation of operationsOf(nouns).filter(({ surface }) => surface === 'api')) {
    const path = operation.path.replaceAll(':id', '{id}')
    const method = operation.method.toLowerCase()
    // An address names one operation, as in the table by which requests are served: the last.
    paths[path] = { ...paths[path], [method]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: server }],
    tags: [{ name: 'Everything' }, ...nouns.map(({ many, about }) => ({ name: many, description: about }))],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: "A person's access token with the scope `console`." },
        session: { type: 'apiKey', in: 'cookie', name: cookie, description: "The session of the console's pages." },
        'form-token': {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF-Token',
          description: 'The form token of a page of that session, for whatever changes something.',
        },
      },
      schemas: {
        ...Object.fromEntries(nouns.flatMap(schemasOf)),
        'shown-once': shownOnce,
        finding,
        problem: problemSchema,
      },
      responses: problemResponses,
    },
  }
}

function schemasOf(noun: Noun): readonly (readonly [string, Json])[] {
  const readable = noun.fields.filter(({ kind }) => kind !== 'password')
  const all: (readonly [string, Json])[] = [[noun.name, schemaOf(readable, { id: idSchema(noun) }, 'read')]]
  if (noun.add !== undefined) all.push([`${noun.name}-add`, schemaOf(noun.add, {}, 'write')])
  if (noun.change !== undefined) all.push([`${noun.name}-change`, schemaOf(changeFields(noun), {}, 'change')])
  return all
}

function idSchema({ key }: Noun): Json {
  return key.kind === 'number' ? { type: 'integer' } : { type: 'string' }
}

function schemaOf(fields: readonly Field[], more: Json, use: 'read' | 'write' | 'change'): Json {
  return {
    type: 'object',
    properties: {
      ...more,
      ...Object.fromEntries(
        fields.map((field) => [
          field.name,
          use === 'write' && field.initial !== undefined ? { ...typeOf(field), default: field.initial } : typeOf(field),
        ]),
      ),
      ...(use === 'read' ? {} : { [reasonName]: reason }),
    },
    ...(use === 'write'
      ? { required: fields.filter((one) => one.isRequired && one.initial === undefined).map(({ name }) => name) }
      : {}),
    ...(use === 'read' ? {} : { additionalProperties: false }),
  }
}

function typeOf(field: Field): Json {
  const description = field.hint === undefined ? field.label : `${field.label}. ${field.hint}`
  const choices = field.choices?.map(({ value }) => value).filter((value) => value !== '')
  switch (field.kind) {
    case 'flag':
      return { type: 'boolean', description }
    case 'instant':
      return { type: ['integer', 'null'], description: `${description} (milliseconds since 1970, UTC)` }
    case 'integer':
      return { type: ['integer', 'null'], description }
    case 'texts':
      return { type: 'array', items: { type: 'string' }, description }
    case 'choices':
      return { type: 'array', items: { type: 'string', enum: choices }, uniqueItems: true, description }
    case 'choice':
      return { type: ['string', 'null'], ...(choices === undefined ? {} : { enum: [...choices, null] }), description }
    case 'reference':
      return { type: ['integer', 'string', 'null'], description: `${description} (an id of ${field.noun})` }
    case 'references':
      return {
        type: 'array',
        items: { type: ['integer', 'string'] },
        description: `${description} (ids of ${field.noun})`,
      }
    case 'json':
      return { type: ['object', 'null'], description }
    case 'rows':
      return { type: 'array', items: schemaOf(field.of ?? [], {}, 'read'), readOnly: true, description }
    case 'password':
      return { type: 'string', format: 'password', writeOnly: true, description }
    default:
      return { type: ['string', 'null'], description }
  }
}

function describe(operation: Operation): Json {
  const { noun, task, act, question, path, verb } = operation
  const named = act ?? question
  const id = { name: 'id', in: 'path', required: true, schema: idSchema(noun) }
  return {
    operationId: `${noun.name}-${named?.name ?? task}${suffixOf(operation)}`,
    tags: [noun.many],
    summary: named === undefined ? summaries[task](noun) : `${named.label}. ${named.says}`,
    description: `Needs the permission ${noun.name}.${verb}${operation.isSensitive ? ', and a password given a short time ago' : ''}.`,
    security: securityOf(operation.method),
    parameters: [
      ...(path.includes(':id') ? [id] : []),
      ...(path.includes(':id') && operation.method !== 'GET' && noun.version !== undefined ? [versionParameter] : []),
      ...(operation.method === 'GET' ? [] : [reasonParameter]),
      ...(task === 'list' ? [...narrowing(noun), ...paging(noun)] : []),
      ...(task === 'export' ? narrowing(noun) : []),
      ...(question?.fields ?? []).map(askedParameter),
    ],
    ...bodyOf(operation),
    responses: { ...answerOf(operation), ...refusalsOf(operation) },
  }
}

/** What tells operations of one name apart. */
function suffixOf({ task, path }: Operation): string {
  if (task === 'act-on-many') return '-many'
  return task === 'export' ? `-${path.split('.').at(-1) ?? ''}` : ''
}

const versionParameter = {
  name: 'If-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'The `ETag` of the row as it was read: another version of it is left as it is.',
  example: '"3"',
}

const summaries: Readonly<Record<Operation['task'], (noun: Noun) => string>> = {
  list: (noun) => `List ${noun.many.toLowerCase()}.`,
  export: (noun) => `All ${noun.many.toLowerCase()} of a list, as a file.`,
  add: (noun) => `Add a ${noun.one}.`,
  read: (noun) => `Read one ${noun.one}.`,
  change: (noun) => `Change a ${noun.one}; what is absent stays.`,
  delete: (noun) => `Delete a ${noun.one}.`,
  consequences: (noun) => `What goes with a ${noun.one} when it is deleted.`,
  history: (noun) => `What was changed of a ${noun.one}.`,
  act: (noun) => noun.one,
  'act-on-many': (noun) => noun.many,
  'act-on-noun': (noun) => noun.many,
  ask: (noun) => noun.one,
}

function askedParameter(field: Field): Json {
  const { description, ...schema } = typeOf(field)
  return { name: field.name, in: 'query', required: field.isRequired === true, schema, description }
}

function query(name: string, schema: Json, description: string): Json {
  return { name, in: 'query', schema, description }
}

function narrowing(noun: Noun): readonly Json[] {
  return [
    ...(noun.search.length > 0
      ? [
          query(
            'q',
            { type: 'string', maxLength: 200 },
            noun.rows === undefined ? 'What begins so, or a whole id.' : 'What has this in it.',
          ),
        ]
      : []),
    ...noun.filters.map((filter) => query(filter.name, filterSchema(filter), filter.label)),
  ]
}

function paging(noun: Noun): readonly Json[] {
  const sorts = noun.sorts.flatMap(({ name }) => [name, `-${name}`])
  return [
    query('sort', { type: 'string', enum: sorts }, 'The order; not with a search, which lists the best matches first.'),
    query('limit', { type: 'integer', minimum: 1, maximum: mostRows, default: defaultLimit }, 'How many at most.'),
    query('after', { type: 'string' }, 'The `next` of the page before.'),
    query('before', { type: 'string' }, 'The `previous` of the page after.'),
  ]
}

function filterSchema(filter: Noun['filters'][number]): Json {
  switch (filter.kind) {
    case 'flag':
    case 'presence':
      return { type: 'string', enum: ['yes', 'no'] }
    case 'choice':
      return { type: 'string', enum: filter.choices.map(({ value }) => value) }
    case 'exact':
      return { type: 'string' }
    case 'period':
      return {
        type: 'string',
        description: 'A day, an hour, or from one to another: 2027-01-15, 2027-01-15T13, 2027-01-01..',
      }
    default:
      return { type: 'integer' }
  }
}

function jsonContent(schema: Json, example?: unknown): Json {
  return { content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } }
}

function bodyOf(operation: Operation): Json {
  const { noun, task, act } = operation
  const example = exampleOfBody(writableFields(operation))
  const reference = (name: string): Json => ({
    requestBody: { required: true, ...jsonContent({ $ref: `#/components/schemas/${name}` }, example) },
  })
  if (task === 'add') return reference(`${noun.name}-add`)
  if (task === 'change') return reference(`${noun.name}-change`)
  if (task === 'act-on-many') {
    const ids = { type: 'array', items: idSchema(noun), minItems: 1, maxItems: 200 }
    return {
      requestBody: {
        required: true,
        ...jsonContent({ type: 'object', properties: { ids, [reasonName]: reason }, required: ['ids'] }),
      },
    }
  }
  const fields = act?.fields ?? []
  return fields.length === 0
    ? {}
    : { requestBody: { required: true, ...jsonContent(schemaOf(fields, {}, 'write'), example) } }
}

function answerOf(operation: Operation): Json {
  const { noun, task } = operation
  const example = exampleOfRow(
    noun,
    noun.fields.filter(({ kind }) => kind !== 'password'),
  )
  const one = { $ref: `#/components/schemas/${noun.name}` }
  const shown = { type: 'object', properties: { shown: { $ref: '#/components/schemas/shown-once' } } }
  const answer = (status: string, description: string, schema?: Json, shownAs?: unknown): Json => ({
    [status]: { description, ...(schema === undefined ? {} : jsonContent(schema, shownAs)) },
  })
  switch (task) {
    case 'list':
      return answer('200', 'A page of the list.', pageSchema(one), {
        count: 1,
        count_is_exact: true,
        next: null,
        previous: null,
        items: [example],
      })
    case 'export':
      return fileAnswer(operation, one)
    case 'history':
      return answer('200', 'The changes, newest first.', itemsOf(changeSchema))
    case 'consequences':
      return answer('200', 'What would go along.', itemsOf(consequenceSchema))
    case 'act-on-many':
      return answer('200', 'To how many it was done, and how many were left as they are.', doneSchema)
    case 'add':
      return answer('201', 'It was added.', { allOf: [one, shown] })
    case 'change':
    case 'act':
      return answer('200', 'The row as it is now.', { allOf: [one, shown] })
    case 'act-on-noun':
      return answer('200', 'It was done.', shown)
    case 'read':
      return answer('200', 'The row as it is now.', one, example)
    case 'ask':
      return answer('200', 'What was found; nothing was changed.', { $ref: '#/components/schemas/finding' })
    case 'delete':
      return answer('204', 'It is gone.')
  }
}

/** Rows in the order of their ids, so that each that stays is there once; a search has its own order. */
function fileAnswer({ path }: Operation, one: Json): Json {
  const rows = { description: 'How many rows the file will hold; with a plus, more than that.', schema: text }
  const content = path.endsWith('.csv')
    ? { 'text/csv': { schema: text } }
    : jsonContent({ type: 'array', items: one })['content']
  return { '200': { description: 'All of the list.', headers: { 'latchkey-rows': rows }, content } }
}
