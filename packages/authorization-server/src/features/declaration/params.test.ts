import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDeclaration } from './params.ts'
import { jsonSchema } from './schema.ts'

function faultsOf(text: string): readonly string[] {
  const read = readDeclaration(text)
  assert.equal(read.kind, 'refused', text)
  return read.kind === 'refused'
    ? read.faults.map(({ line, column, at, sentence }) => `${line}:${column} ${at}: ${sentence}`)
    : []
}

function declared(text: string): unknown {
  const read = readDeclaration(text)
  assert.equal(read.kind, 'declaration', read.kind === 'refused' ? JSON.stringify(read.faults) : '')
  return read.kind === 'declaration' ? read.declaration : undefined
}

test('YAML and JSON of the same say the same, and an entry may be empty', () => {
  const yaml =
    'format: 1\ngroups:\n  support:\nclients:\n  "123": { name: Shop, redirect_uris: [https://a.example/cb] }\n'
  const json =
    '{"format": 1, "groups": {"support": null}, "clients": {"123": {"name": "Shop", "redirect_uris": ["https://a.example/cb"]}}}'
  assert.deepEqual(declared(yaml), declared(json))
  assert.deepEqual(declared(yaml), {
    format: 1,
    groups: { support: {} },
    clients: { 123: { name: 'Shop', redirect_uris: ['https://a.example/cb'] } },
  })
})

test('every fault of the form comes at once, with line, column, place, what is wrong and what is allowed', () => {
  const text = [
    'format: 2',
    'cleints: {}',
    'apis:',
    '  https://items.example:',
    '    access_token_lifetime_seconds: 5',
    'clients:',
    '  shop:',
    '    name: 3',
    '    pkce: requird',
    '    redirect_urs: []',
    '    grant_types: [authorization_code, implicit]',
    '  site: {}',
    '  other: yes',
  ].join('\n')
  assert.deepEqual(faultsOf(text), [
    '1:9 format: It must be 1.',
    '2:1 cleints: There is no such member. Did you mean clients?',
    '5:36 apis["https://items.example"].access_token_lifetime_seconds: It must be at least 10.',
    '8:11 clients.shop.name: It must be a text, not a number (write it in quotes for a text).',
    '9:11 clients.shop.pkce: It must be one of required, optional. Did you mean required?',
    '10:5 clients.shop.redirect_urs: There is no such member. Did you mean redirect_uris?',
    '11:39 clients.shop.grant_types[1]: It must be one of authorization_code, refresh_token, client_credentials, password.',
    '12:9 clients.site.name: This is missing.',
    '13:10 clients.other: It must be a mapping of names to values, not a text.',
  ])
})

test('a member that resembles none is told what may stand there', () => {
  assert.deepEqual(faultsOf('format: 1\ngroups:\n  a: { zzzzzzzz: 1 }\n'), [
    '3:8 groups.a.zzzzzzzz: There is no such member. Allowed here: permissions.',
  ])
})

test('broken text, names that stand twice, two documents, unknown tags and no document at all are refused', () => {
  assert.match(faultsOf('format: 1\n  clients: {').join(), /2:13 : /)
  assert.deepEqual(faultsOf('format: 1\ngroups:\n  a: {}\n  a: {}\n'), ['4:3 : This name stands here twice.'])
  assert.match(faultsOf('format: 1\n---\nformat: 1\n').join(), /more than one document/)
  assert.match(faultsOf('format: 1\ngroups: !ruby/object {}\n').join(), /2:9.*tag/)
  assert.match(faultsOf('').join(), /1:1 : It must be a mapping of names to values, not empty\./)
  assert.match(faultsOf('{"format": 1,').join(), /^1:/)
})

test('anchors may be used, but not to unfold a little text into a lot, nor to hide a name', () => {
  assert.deepEqual(declared('format: 1\ngroups:\n  a: &p { permissions: [users.view] }\n  b: *p\n'), {
    format: 1,
    groups: { a: { permissions: ['users.view'] }, b: { permissions: ['users.view'] } },
  })
  const levels = Array.from({ length: 12 }, (_, at) => `  g${at + 1}: &g${at + 1} [${`*g${at},`.repeat(9)}]`)
  assert.match(faultsOf(`format: 1\ngroups:\n  g0: &g0 [a]\n${levels.join('\n')}\n`).join(), /unfold/)
  assert.match(
    faultsOf('format: 1\ngroups: &a { b: *a }\n').join(),
    /2:12 groups: It is nested too deeply, or into itself/,
  )
  assert.match(
    faultsOf('format: 1\ngroups:\n  __proto__: {}\n').join(),
    /3:3 groups\.__proto__: This name cannot be used/,
  )
})

test('a fault in what an alias stands for is shown where that is written', () => {
  assert.deepEqual(faultsOf('format: 1\ngroups:\n  a: &p { permissions: 3 }\n  b: *p\n'), [
    '3:24 groups.a.permissions: It must be a list, not a number (write it in quotes for a text).',
    '3:24 groups.b.permissions: It must be a list, not a number (write it in quotes for a text).',
  ])
})

test('the JSON Schema for editors knows every part, and refuses what is not known', () => {
  const schema = jsonSchema()
  assert.partialDeepStrictEqual(schema, {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['format'],
    additionalProperties: false,
    properties: {
      clients: {
        additionalProperties: {
          additionalProperties: false,
          required: ['name'],
          properties: { pkce: { enum: ['required', 'optional'] } },
        },
      },
    },
  })
  // Each member says what it is for.
  const described = JSON.stringify(schema).match(/"description"/g) ?? []
  assert.ok(described.length > 50)
})
