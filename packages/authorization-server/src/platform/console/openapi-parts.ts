// What the description of the API says at every address: how it refuses, what an example looks like, and the addresses that belong to
// no noun.
import type { Field, Noun, Value } from './noun.ts'
import { overviewSchema } from './openapi-overview.ts'
import { apiRoot, type Operation } from './operations.ts'

export type Json = Readonly<Record<string, unknown>>

const text: Json = { type: 'string' }

export const problemSchema: Json = {
  type: 'object',
  description: 'Why it was not done (RFC 9457).',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A full sentence.' },
    errors: {
      type: 'object',
      description: 'By field or parameter.',
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
  },
}

/** By status: what it means here, and an example. */
const refusals: Readonly<Record<string, { readonly description: string; readonly example: Json }>> = {
  '400': {
    description: 'Something is wrong with what was sent; `errors` says what, by field.',
    example: problem(400, 'Bad Request', 'Something is wrong with what was sent.', {
      name: ['This field is required.'],
    }),
  },
  '401': {
    description: 'Nobody is signed in, the token does not hold, or the console was left alone for too long.',
    example: problem(401, 'Unauthorized', 'Sign in, or send a bearer token.'),
  },
  '403': {
    description:
      'The caller does not have the permission, or the password was given too long ago: then `WWW-Authenticate` says `insufficient_user_authentication` (RFC 9470).',
    example: problem(403, 'Forbidden', 'Your account does not have the permission that this needs.'),
  },
  '404': {
    description: 'There is no such row, or the caller does not reach it.',
    example: problem(404, 'Not Found', 'There is no such row.'),
  },
  '409': {
    description: 'It was changed meanwhile; nothing was written.',
    example: problem(409, 'Conflict', 'It was changed meanwhile; nothing was written.'),
  },
  '412': {
    description: 'It is not the version that `If-Match` names; nothing was written.',
    example: problem(412, 'Precondition Failed', 'It was changed since this version of it was read.'),
  },
  '503': {
    description: 'The server has too much to do. `Retry-After` says when to come again.',
    example: problem(503, 'Service Unavailable', 'The server is busy. Try again shortly.'),
  },
}

function problem(status: number, title: string, detail: string, errors?: Json): Json {
  return { type: 'about:blank', title, status, detail, ...(errors === undefined ? {} : { errors }) }
}

export const problemResponses: Json = Object.fromEntries(
  Object.entries(refusals).map(([status, { description, example }]) => [
    `refused-${status}`,
    {
      description,
      headers: { 'latchkey-incident': { description: 'Under which it is on record.', schema: { type: 'string' } } },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' }, example } },
    },
  ]),
)

function refusedWith(...statuses: readonly string[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/refused-${status}` }]))
}

/** How an operation may refuse. */
export function refusalsOf({ noun, method, path, task }: Operation): Json {
  const isWrite = method !== 'GET'
  const takes = isWrite || task === 'list' || task === 'export' || task === 'ask'
  return refusedWith(
    ...(takes ? ['400'] : []),
    '401',
    '403',
    ...(path.includes(':id') ? ['404'] : []),
    ...(isWrite ? ['409'] : []),
    ...(isWrite && path.includes(':id') && noun.version !== undefined ? ['412'] : []),
    '503',
  )
}

/** A value that could stand in the field. */
export function exampleValue(field: Field): Value {
  switch (field.kind) {
    case 'flag':
      return true
    case 'instant':
      return 1_800_000_000_000
    case 'integer':
      return 1
    case 'email':
      return 'person@example.com'
    case 'password':
      return 'quiet-harbour-lantern'
    case 'choice':
      return field.choices?.find(({ value }) => value !== '')?.value ?? null
    case 'choices':
      return field.choices?.slice(0, 2).map(({ value }) => value) ?? []
    case 'references':
      return [1]
    case 'reference':
      return 1
    case 'texts':
    case 'rows':
      return []
    case 'text':
      return field.label
    default:
      return null
  }
}

export function exampleOfRow(noun: Noun, fields: readonly Field[]): Json {
  return { id: noun.key.kind === 'number' ? 1 : 'pU3qDSm8nQd2gkYBb0dGSw', ...exampleOfBody(fields) }
}

export function exampleOfBody(fields: readonly Field[]): Json {
  return Object.fromEntries(fields.map((field) => [field.name, exampleValue(field)]))
}

/** Whoever changes something with a session shows the form token of a page as well. */
export function securityOf(method: string): readonly Json[] {
  return [{ bearer: [] }, method === 'GET' ? { session: [] } : { session: [], 'form-token': [] }]
}

const foundSchema: Json = {
  type: 'object',
  required: ['is_exact', 'items', 'incident'],
  properties: {
    is_exact: { type: 'boolean', description: 'Whether the rows are just what was looked for, or only begin so.' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          noun: { type: 'string' },
          id: { type: 'string' },
          label: { type: 'string' },
          url: { type: 'string', format: 'uri' },
        },
        required: ['noun', 'id', 'label', 'url'],
      },
    },
    incident: { type: ['object', 'null'], description: 'As it is on record, for those who may read all events.' },
  },
}

/** The addresses that belong to no noun. */
export function otherPaths(): Readonly<Record<string, Json>> {
  const json = (description: string, schema: Json): Json => ({
    '200': { description, content: { 'application/json': { schema } } },
  })
  const find = (method: string, summary: string, more: Json): Json => ({
    operationId: `find-${method.toLowerCase()}`,
    tags: ['Everything'],
    summary,
    description:
      'Of what the caller may see: an e-mail, a username, an id, the number of an event, an incident, a token.',
    security: securityOf(method),
    ...more,
    responses: { ...json('What it could be.', foundSchema), ...refusedWith('400', '401', '503') },
  })
  const sought = { type: 'string', minLength: 1 }
  const body = { type: 'object', properties: { q: sought }, required: ['q'], additionalProperties: false }
  return {
    [apiRoot]: {
      get: {
        operationId: 'index',
        tags: ['Everything'],
        summary: 'What there is for the caller.',
        security: securityOf('GET'),
        responses: {
          ...json('Addresses, by name.', { type: 'object', additionalProperties: { type: 'string', format: 'uri' } }),
          ...refusedWith('401', '503'),
        },
      },
    },
    [`${apiRoot}/overview`]: {
      get: {
        operationId: 'overview',
        tags: ['Everything'],
        summary: 'Figures, and what needs care: what the first page of the console shows.',
        security: securityOf('GET'),
        responses: { ...json('Of what the caller may see.', overviewSchema), ...refusedWith('400', '401', '503') },
      },
    },
    [`${apiRoot}/find`]: {
      get: find('GET', 'What an id or a name is.', {
        parameters: [{ name: 'q', in: 'query', required: true, schema: sought, example: 'person@example.com' }],
      }),
      post: find('POST', 'What an id, a name or a token is; a token does not belong into an address.', {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: body, example: { q: 'person@example.com' } } },
        },
      }),
    },
  }
}

export function itemsOf(items: Json): Json {
  return { type: 'object', properties: { items: { type: 'array', items } }, required: ['items'] }
}

export function pageSchema(one: Json): Json {
  return {
    type: 'object',
    required: ['count', 'count_is_exact', 'next', 'previous', 'items'],
    properties: {
      count: { type: 'integer' },
      count_is_exact: {
        type: 'boolean',
        description: 'Rows are counted up to a bound; where this is false, there are so many at least.',
      },
      next: { type: ['string', 'null'], description: 'Goes into `after`.' },
      previous: { type: ['string', 'null'], description: 'Goes into `before`.' },
      items: { type: 'array', items: one },
    },
  }
}

export const changeSchema: Json = {
  type: 'object',
  properties: {
    id: { type: 'integer', description: 'The number of the event.' },
    at: { type: 'integer', description: 'Milliseconds since 1970, UTC.' },
    kind: text,
    actor: text,
    address: text,
    changes: {
      type: 'object',
      description: 'By field.',
      additionalProperties: { type: 'object', properties: { before: {}, after: {} }, required: ['before', 'after'] },
    },
    note: text,
    reason: text,
  },
  required: ['id', 'at', 'kind', 'actor', 'address', 'changes'],
}

export const consequenceSchema: Json = {
  type: 'object',
  properties: { label: text, count: { type: 'integer' } },
  required: ['label', 'count'],
}

export const doneSchema: Json = {
  type: 'object',
  properties: { done: { type: 'integer' }, left: { type: 'integer' } },
  required: ['done', 'left'],
}
