import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBody } from './body.ts'
import type { Body } from './message.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const form = 'application/x-www-form-urlencoded'
const reasonOf = (body: Body): string | undefined => (body.kind === 'malformed' ? body.reason : undefined)

test('no bytes: an empty form where a form was announced, else nothing', async () => {
  for (const none of [undefined, Buffer.alloc(0)]) {
    assert.equal((await readBody(form, none)).kind, 'form')
    for (const type of [undefined, '', 'application/json', 'text/plain']) {
      assert.deepEqual(await readBody(type, none), { kind: 'none' })
    }
  }
})

test('a form is read whatever the case and parameters of its type', async () => {
  for (const type of [form, form.toUpperCase(), `${form}; charset=UTF-8`, ` ${form} ;x`]) {
    const body = await readBody(type, bytes('a=1&a=2'))
    assert.ok(body.kind === 'form')
    assert.deepEqual(body.parameters.all('a'), ['1', '2'])
  }
})

test('a form that cannot be read says why', async () => {
  assert.match(reasonOf(await readBody(form, bytes('a=%zz'))) ?? '', /percent-encoding/)
  assert.match(reasonOf(await readBody(form, bytes('a=\0'))) ?? '', /NUL/)
  assert.match(reasonOf(await readBody(form, Buffer.from([97, 61, 0xff]))) ?? '', /UTF-8/)
})

test('JSON is any JSON value; what is none says so without repeating it', async () => {
  for (const value of [{ a: [1, null] }, [], 'text', 0, null, true]) {
    assert.deepEqual(await readBody('application/json', bytes(JSON.stringify(value))), { kind: 'json', value })
  }
  for (const broken of ['{', '{"a":1,}', "{'a':1}", 'secret', '\0', '{"a":1}{"b":2}']) {
    assert.equal(reasonOf(await readBody('application/json', bytes(broken))), 'The body is not valid JSON.', broken)
  }
  assert.match(reasonOf(await readBody('application/json', Buffer.from([34, 0xc0, 0x80, 34]))) ?? '', /UTF-8/)
})

test('a JSON member named __proto__ stays a member', async () => {
  const body = await readBody('application/json', bytes('{"__proto__":{"isStaff":true}}'))
  assert.ok(body.kind === 'json')
  assert.equal(Object.hasOwn(body.value as object, '__proto__'), true)
  assert.equal((body.value as { isStaff?: boolean }).isStaff, undefined)
})

function multipart(...parts: readonly string[]): Buffer {
  return bytes(`${parts.map((part) => `--xx\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--xx--\r\n`)
}
const multi = 'multipart/form-data; boundary=xx'

test('a multipart form is read like a form, repetition too', async () => {
  const body = await readBody(multi, multipart('name="a"\r\n\r\n1', 'name="a"\r\n\r\n2', 'name="é"\r\n\r\nü&='))
  assert.ok(body.kind === 'form')
  assert.deepEqual([body.parameters.all('a'), body.parameters.get('é')], [['1', '2'], 'ü&='])
})

test('a multipart form with a file, a NUL, no boundary or no end is malformed', async () => {
  assert.match(reasonOf(await readBody(multi, multipart('name="f"; filename="x.txt"\r\n\r\ndata'))) ?? '', /file/)
  assert.match(reasonOf(await readBody(multi, multipart('name="a"\r\n\r\nx\0y'))) ?? '', /NUL/)
  assert.match(reasonOf(await readBody('multipart/form-data', multipart('name="a"\r\n\r\n1'))) ?? '', /malformed/)
  assert.match(
    reasonOf(await readBody(multi, bytes('--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'))) ?? '',
    /malformed/,
  )
  assert.match(reasonOf(await readBody(multi, bytes('nonsense'))) ?? '', /malformed/)
})

test('any other type is named and not read', async () => {
  for (const [header, type] of [
    ['text/plain', 'text/plain'],
    ['application/xml; charset=x', 'application/xml'],
    ['application/jsonp', 'application/jsonp'],
    [undefined, ''],
    ['', ''],
    ['\0', '\0'],
  ] as const) {
    assert.deepEqual(await readBody(header, bytes('a=1')), { kind: 'unsupported', type })
  }
})
