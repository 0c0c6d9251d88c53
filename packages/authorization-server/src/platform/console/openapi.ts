// The API's description, OpenAPI 3.1, made from the same declarations as the API itself.
import type { Field, Noun } from './noun.ts'
import { type Operation, operationsOf } from './operations.ts'
import { changeFields } from './noun.ts'

export type Json = Readonly<Record<string, unknown>>

export interface DescribedApi {
  readonly title: string
  readonly version: string
  readonly server: string
  readonly nouns: readonly Noun[]
}

const problem = { $ref: '#/components/responses/Problem' }

export function openApiOf({ title, version, server, nouns }: DescribedApi): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operationsOf(nouns).filter(({ surface }) => surface === 'api')) {
    const path = operation.path.replaceAll(':id', '{id}')
    const known = (paths[path] ??= {})[operation.method.toLowerCase()]
    if (known === undefined) paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: server }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'session' },
      },
      schemas: Object.fromEntries(nouns.flatMap(schemasOf)),
      responses: {
        Problem: {
          description: 'Why it was not done (RFC 9457).',
          content: { 'application/problem+json': { schema: { type: 'object' } } },
        },
      },
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
    properties: { ...more, ...Object.fromEntries(fields.map((field) => [field.name, typeOf(field)])) },
    ...(use === 'write' ? { required: fields.filter((one) => one.isRequired).map(({ name }) => name) } : {}),
    ...(use === 'read' ? {} : { additionalProperties: false }),
  }
}

function typeOf(field: Field): Json {
  const description = field.hint === undefined ? field.label : `${field.label}. ${field.hint}`
  const choices = field.choices?.map(({ value }) => value)
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
      return { type: ['string', 'null'], ...(choices === undefined ? {} : { enum: choices }), description }
    case 'reference':
      return { type: ['integer', 'string', 'null'], description: `${description} (an id of ${field.noun})` }
    case 'references':
      return {
        type: 'array',
        items: { type: ['integer', 'string'] },
        description: `${description} (ids of ${field.noun})`,
      }
    case 'json':
      return { type: 'object', description }
    case 'password':
      return { type: 'string', format: 'password', writeOnly: true, description }
    default:
      return { type: ['string', 'null'], description }
  }
}

function describe(operation: Operation): Json {
  const { noun, task, act, path, verb } = operation
  const id = { name: 'id', in: 'path', required: true, schema: idSchema(noun) }
  return {
    operationId: [noun.name, act?.name ?? task].join('-') + (task === 'act-on-many' ? '-many' : ''),
    tags: [noun.many],
    summary: act === undefined ? summaries[task](noun) : `${act.label}. ${act.says}`,
    description: `Needs the permission ${noun.name}.${verb}${operation.isSensitive ? ', and a password given a short time ago' : ''}.`,
    parameters: [
      ...(path.includes(':id') ? [id] : []),
      ...(task === 'list' || task === 'export' ? listParameters(noun) : []),
    ],
    ...bodyOf(operation),
    responses: { ...answerOf(operation), default: problem },
  }
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
}

function listParameters(noun: Noun): readonly Json[] {
  const query = (name: string, schema: Json, description: string): Json => ({ name, in: 'query', schema, description })
  const sorts = noun.sorts.flatMap(({ name }) => [name, `-${name}`])
  return [
    ...(noun.search.length > 0 ? [query('q', { type: 'string' }, 'What begins so, or a whole id.')] : []),
    query('sort', { type: 'string', enum: sorts }, 'The order; not with a search, which lists the best matches first.'),
    query('limit', { type: 'integer', minimum: 1, maximum: 200 }, 'How many at most.'),
    query('after', { type: 'string' }, 'The `next` of the page before.'),
    ...noun.filters.map((filter) => query(filter.name, filterSchema(filter), filter.label)),
  ]
}

function filterSchema(filter: Noun['filters'][number]): Json {
  switch (filter.kind) {
    case 'flag':
    case 'presence':
      return { type: 'string', enum: ['yes', 'no'] }
    case 'choice':
      return { type: 'string', enum: filter.choices.map(({ value }) => value) }
    default:
      return { type: 'integer' }
  }
}

function jsonContent(schema: Json): Json {
  return { content: { 'application/json': { schema } } }
}

function bodyOf({ noun, task, act }: Operation): Json {
  const reference = (name: string): Json => ({
    requestBody: { required: true, ...jsonContent({ $ref: `#/components/schemas/${name}` }) },
  })
  if (task === 'add') return reference(`${noun.name}-add`)
  if (task === 'change') return reference(`${noun.name}-change`)
  if (task === 'act-on-many') {
    const ids = { type: 'array', items: idSchema(noun), minItems: 1, maxItems: 200 }
    return {
      requestBody: { required: true, ...jsonContent({ type: 'object', properties: { ids }, required: ['ids'] }) },
    }
  }
  const fields = act?.fields ?? []
  return fields.length === 0 ? {} : { requestBody: { required: true, ...jsonContent(schemaOf(fields, {}, 'write')) } }
}

function answerOf({ noun, task }: Operation): Json {
  const one = { $ref: `#/components/schemas/${noun.name}` }
  const answer = (status: string, description: string, schema?: Json): Json => ({
    [status]: { description, ...(schema === undefined ? {} : jsonContent(schema)) },
  })
  switch (task) {
    case 'list':
      return answer('200', 'A page of the list.', {
        type: 'object',
        properties: {
          count: { type: 'integer' },
          count_is_exact: { type: 'boolean' },
          next: { type: ['string', 'null'] },
          items: { type: 'array', items: one },
        },
      })
    case 'add':
      return answer('201', 'It was added.', one)
    case 'read':
    case 'change':
    case 'act':
      return answer('200', 'The row as it is now.', one)
    case 'delete':
      return answer('204', 'It is gone.')
    default:
      return answer('200', 'What was asked for.', { type: ['object', 'array'] })
  }
}
