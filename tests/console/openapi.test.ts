// The description of the API is OpenAPI 3.1 by its structure, says everything that the addresses take, and agrees with what they answer.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import { type Operation, operationsOf } from '../../packages/authorization-server/src/platform/console/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call } from './ground.ts'

type Json = Readonly<Record<string, unknown>>

let server: TestServer
let admin: FormBrowser
let api: Json
let operations: readonly Operation[]

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
  api = (await call(server, admin, 'GET', '/api/v1/openapi.json')).body
  operations = operationsOf((await consoleDesks(server.context)).map(({ noun }) => noun))
})
after(() => server.close())

function object(value: unknown, where: string): Json {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${where} is an object`)
  return value as Json
}

function list(value: unknown, where: string): readonly unknown[] {
  assert.ok(Array.isArray(value), `${where} is a list`)
  return value
}

function resolve(reference: string): Json {
  assert.ok(reference.startsWith('#/'), reference)
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => object(at, reference)[part], api)
  return object(found, reference)
}

function followed(value: unknown, where: string): Json {
  const found = object(value, where)
  return typeof found['$ref'] === 'string' ? resolve(found['$ref']) : found
}

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']

/** JSON Schema 2020-12, as far as we write it; every keyword is known. */
function checkSchema(value: unknown, where: string): void {
  const schema = object(value, where)
  for (const [keyword, inside] of Object.entries(schema)) {
    const at = `${where}.${keyword}`
    switch (keyword) {
      case '$ref':
        resolve(String(inside))
        break
      case 'type':
        for (const one of [inside].flat()) assert.ok(types.includes(String(one)), at)
        break
      case 'properties':
        for (const [name, one] of Object.entries(object(inside, at))) checkSchema(one, `${at}.${name}`)
        break
      case 'items':
        checkSchema(inside, at)
        break
      case 'additionalProperties':
        if (typeof inside !== 'boolean') checkSchema(inside, at)
        break
      case 'allOf':
        for (const one of list(inside, at)) checkSchema(one, at)
        break
      case 'required':
        for (const name of list(inside, at))
          assert.ok(Object.hasOwn(object(schema['properties'], at), String(name)), `${at} ${String(name)}`)
        break
      case 'enum':
        assert.equal(new Set(list(inside, at)).size, list(inside, at).length, at)
        break
      default:
        assert.ok(
          [
            'description',
            'format',
            'minimum',
            'maximum',
            'default',
            'minItems',
            'maxItems',
            'minLength',
            'maxLength',
            'uniqueItems',
            'readOnly',
            'writeOnly',
            'pattern',
            'const',
            'examples',
          ].includes(keyword),
          at,
        )
    }
  }
}

/** Whether a value is one of the schema: what an example, or an answer, must be. */
function fits(value: unknown, given: unknown): boolean {
  const schema = followed(given, 'schema')
  const kinds = schema['type'] === undefined ? undefined : [schema['type']].flat()
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const isKind = (one: unknown): boolean =>
    one === kind || (one === 'integer' && Number.isInteger(value)) || (one === 'number' && kind === 'number')
  if (kinds !== undefined && !kinds.some(isKind)) return false
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) return false
  if (Array.isArray(schema['allOf']) && !schema['allOf'].every((one) => fits(value, one))) return false
  if (Array.isArray(value)) return schema['items'] === undefined || value.every((one) => fits(one, schema['items']))
  if (kind !== 'object') return true
  const properties = object(schema['properties'] ?? {}, 'properties')
  const others = schema['additionalProperties'] ?? true
  const members = Object.entries(object(value, 'value'))
  const required = (schema['required'] as readonly string[] | undefined) ?? []
  if (!required.every((name) => members.some(([own]) => own === name))) return false
  return members.every(([name, one]) =>
    Object.hasOwn(properties, name)
      ? fits(one, properties[name])
      : typeof others === 'boolean'
        ? others
        : fits(one, others),
  )
}

function described(): readonly (readonly [key: string, operation: Json])[] {
  return Object.entries(object(api['paths'], 'paths')).flatMap(([path, item]) =>
    Object.entries(object(item, path)).map(
      ([method, one]) => [`${method.toUpperCase()} ${path}`, object(one, path)] as const,
    ),
  )
}

describe('OpenAPI 3.1', () => {
  test('every call of the API is described, and nothing else but what belongs to no noun', () => {
    const calls = operations
      .filter(({ surface }) => surface === 'api')
      .map(({ method, path }) => `${method} ${path.replace(':id', '{id}')}`)
    const others = ['GET /api/v1', 'GET /api/v1/overview', 'GET /api/v1/find', 'POST /api/v1/find']
    assert.deepEqual(
      described()
        .map(([key]) => key)
        .toSorted(),
      [...new Set([...calls, ...others])].toSorted(),
    )
  })

  test('its structure holds: ids, parameters, bodies, answers, references, schemas', () => {
    assert.equal(api['openapi'], '3.1.0')
    const info = object(api['info'], 'info')
    assert.ok(info['title'] && info['version'])
    const components = object(api['components'], 'components')
    const schemes = object(components['securitySchemes'], 'securitySchemes')
    const tags = list(api['tags'], 'tags').map((tag) => object(tag, 'tag')['name'])
    for (const [name, schema] of Object.entries(object(components['schemas'], 'schemas'))) {
      assert.match(name, /^[A-Za-z0-9._-]+$/)
      checkSchema(schema, name)
    }
    const ids = new Set<unknown>()
    for (const [key, operation] of described()) {
      assert.ok(!ids.has(operation['operationId']), `${key}: ${String(operation['operationId'])} twice`)
      ids.add(operation['operationId'])
      assert.ok(
        list(operation['tags'], key).every((tag) => tags.includes(tag)),
        key,
      )
      for (const need of list(operation['security'], key)) {
        for (const name of Object.keys(object(need, key))) assert.ok(Object.hasOwn(schemes, name), `${key} ${name}`)
      }
      checkParameters(key, operation)
      checkContents(key, operation)
    }
  })

  function checkParameters(key: string, operation: Json): void {
    const parameters = list(operation['parameters'] ?? [], key).map((one) => object(one, key))
    const names = parameters.map((one) => `${String(one['in'])} ${String(one['name'])}`)
    assert.equal(new Set(names).size, names.length, key)
    const inPath = [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => `path ${name}`)
    assert.deepEqual(
      names.filter((name) => name.startsWith('path ')),
      inPath,
      key,
    )
    for (const parameter of parameters) {
      assert.ok(['path', 'query', 'header'].includes(String(parameter['in'])), key)
      if (parameter['in'] === 'path') assert.equal(parameter['required'], true)
      checkSchema(parameter['schema'], `${key} ${String(parameter['name'])}`)
    }
  }

  function checkContents(key: string, operation: Json): void {
    const responses = Object.entries(object(operation['responses'], key))
    assert.ok(
      responses.some(([status]) => /^2\d\d$/.test(status)),
      key,
    )
    const bodies = operation['requestBody'] === undefined ? [] : [object(operation['requestBody'], key)]
    for (const [status, response] of responses) {
      assert.match(status, /^[2-5]\d\d$/)
      assert.ok(typeof followed(response, key)['description'] === 'string', `${key} ${status}`)
    }
    for (const body of [...bodies, ...responses.map(([, one]) => followed(one, key))]) {
      for (const [type, content] of Object.entries(object(body['content'] ?? {}, key))) {
        const { schema, example } = object(content, key)
        checkSchema(schema, `${key} ${type}`)
        if (example !== undefined) assert.ok(fits(example, schema), `${key} ${type}: ${JSON.stringify(example)}`)
      }
    }
  }
})

test('lists say everything that can be asked of them, and writes how they may refuse', () => {
  for (const { noun, task, path, method, surface } of operations) {
    if (surface !== 'api') continue
    const item = object(object(api['paths'], 'paths')[path.replace(':id', '{id}')], path)
    const operation = object(item[method.toLowerCase()], path)
    const names = list(operation['parameters'] ?? [], path).map((one) => object(one, path)['name'])
    const filters = noun.filters.map(({ name }) => name)
    if (task === 'list')
      for (const name of ['sort', 'limit', 'after', 'before', ...filters])
        assert.ok(names.includes(name), `${path} ${name}`)
    if (task === 'export')
      assert.deepEqual(
        names.filter((name) => name !== 'q'),
        filters,
      )
    const statuses = Object.keys(object(operation['responses'], path))
    for (const status of [
      '401',
      '403',
      ...(method === 'GET' ? [] : ['400', '409']),
      ...(path.includes(':id') ? ['404'] : []),
    ]) {
      assert.ok(statuses.includes(status), `${method} ${path} ${status}`)
    }
  }
})

async function isAsDescribed(path: string, address = path): Promise<void> {
  const answer = await call(server, admin, 'GET', address)
  assert.equal(answer.status, 200, path)
  const item = object(object(api['paths'], 'paths')[path], path)
  const response = object(object(object(item['get'], path)['responses'], path)['200'], path)
  const schema = object(object(object(response['content'], path)['application/json'], path)['schema'], path)
  assert.ok(fits(answer.body, schema), `${path}: ${answer.text.slice(0, 2_000)}`)
}

test('what is answered is what is described', async () => {
  const answers = operations.filter(
    ({ surface, method, path }) => surface === 'api' && method === 'GET' && !path.includes('export.'),
  )
  for (const { noun, task, path } of answers) {
    if (task === 'ask') continue
    const rows = (await call(server, admin, 'GET', `/api/v1/${noun.name}?limit=1`)).body['items']
    const first = list(rows, path).map((row) => object(row, path)['id'])[0]
    if (first === undefined && path.includes(':id')) continue
    await isAsDescribed(path.replace(':id', '{id}'), path.replace(':id', encodeURIComponent(String(first))))
  }
  await isAsDescribed('/api/v1/overview')
  await isAsDescribed('/api/v1/find', '/api/v1/find?q=admin')
  const refused = await call(server, admin, 'GET', '/api/v1/users?x=y')
  assert.ok(fits(refused.body, { $ref: '#/components/schemas/problem' }))
})
