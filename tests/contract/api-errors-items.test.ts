// The answers of Django REST framework at /items/, row by row (contract §1.2 and §1.6).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { passwordTokens, startTestServer, type TestServer } from '../support/server.ts'
import { type RunningItems, startItems } from './items.ts'
import { bearerHeader, sendJson } from './requests.ts'
import { assertRow, type Expected } from './row.ts'

type Row = readonly [title: string, method: string, path: string, json: string, expected: Expected]

const required = ['This field is required.']
const good = { name: 'n', description: 'd', price: '1' }
const wrongPrice = (price: unknown, message: string): Row => [
  `price ${JSON.stringify(price)}`,
  'POST',
  '/items/',
  JSON.stringify({ ...good, price }),
  { status: 400, body: { price: [message] } },
]
const wrongName = (name: unknown, message: string): Row => [
  `name ${JSON.stringify(name).slice(0, 20)}`,
  'POST',
  '/items/',
  JSON.stringify({ ...good, name }),
  { status: 400, body: { name: [message] } },
]

const rows: readonly Row[] = [
  [
    'nothing sent',
    'POST',
    '/items/',
    '{}',
    { status: 400, body: { name: required, description: required, price: required } },
  ],
  [
    'PUT needs all',
    'PUT',
    '/items/1/',
    '{"name":"n"}',
    { status: 400, body: { description: required, price: required } },
  ],
  ['PATCH needs nothing', 'PATCH', '/items/1/', '{}', { status: 200 }],
  wrongName('first', 'item with this name already exists.'),
  wrongName('  first ', 'item with this name already exists.'),
  wrongName('', 'This field may not be blank.'),
  wrongName('   ', 'This field may not be blank.'),
  wrongName(null, 'This field may not be null.'),
  wrongName(true, 'Not a valid string.'),
  wrongName(['n'], 'Not a valid string.'),
  wrongName('n'.repeat(51), 'Ensure this field has no more than 50 characters.'),
  wrongName('a\0b', 'Null characters are not allowed.'),
  [
    'description of 251 characters',
    'POST',
    '/items/',
    JSON.stringify({ ...good, description: 'd'.repeat(251) }),
    { status: 400, body: { description: ['Ensure this field has no more than 250 characters.'] } },
  ],
  wrongPrice('x', 'A valid number is required.'),
  wrongPrice('', 'A valid number is required.'),
  wrongPrice('NaN', 'A valid number is required.'),
  wrongPrice(true, 'A valid number is required.'),
  wrongPrice(null, 'This field may not be null.'),
  wrongPrice('9.999', 'Ensure that there are no more than 2 decimal places.'),
  wrongPrice(0.001, 'Ensure that there are no more than 2 decimal places.'),
  wrongPrice('1234567890123', 'Ensure that there are no more than 12 digits before the decimal point.'),
  wrongPrice('1e12', 'Ensure that there are no more than 12 digits before the decimal point.'),
  wrongPrice('1234567890123.45', 'Ensure that there are no more than 14 digits in total.'),
  wrongPrice(-1, 'Ensure this value is greater than or equal to 0.'),
  [
    'everything wrong at once',
    'POST',
    '/items/',
    '{"name":"first","description":"","price":"x"}',
    {
      status: 400,
      body: {
        name: ['item with this name already exists.'],
        description: ['This field may not be blank.'],
        price: ['A valid number is required.'],
      },
    },
  ],
  ['malformed JSON', 'POST', '/items/', '{"name":', { status: 400, body: /^{"detail":"JSON parse error - .+"}$/ }],
  [
    'a JSON array',
    'POST',
    '/items/',
    '[]',
    { status: 400, body: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] } },
  ],
  [
    'an item that is not there',
    'PUT',
    '/items/999/',
    '{}',
    { status: 404, body: { detail: 'No Item matches the given query.' } },
  ],
  ['an id that is no number', 'PUT', '/items/abc/', '{}', { status: 404, body: { detail: 'Not found.' } }],
  [
    'PUT on the list',
    'PUT',
    '/items/',
    '{}',
    { status: 405, body: { detail: 'Method "PUT" not allowed.' }, headers: { allow: 'GET, POST, HEAD, OPTIONS' } },
  ],
  [
    'POST on an item',
    'POST',
    '/items/1/',
    '{}',
    {
      status: 405,
      body: { detail: 'Method "POST" not allowed.' },
      headers: { allow: 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS' },
    },
  ],
]

describe('/items/', () => {
  let server: TestServer
  let items: RunningItems
  let token = ''
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
    ;({ access_token: token } = await passwordTokens(server.url))
    const first = await sendJson(`${items.url}/items/`, 'POST', token, JSON.stringify({ ...good, name: 'first' }))
    assert.equal(first.status, 201)
  })
  after(async () => {
    await items.close()
    await server.close()
  })

  for (const [title, method, path, json, expected] of rows) {
    test(`${method} ${path}, ${title}: ${expected.status}`, async () => {
      await assertRow(await sendJson(items.url + path, method, token, json), expected)
    })
  }

  test('prices are texts with two places, whatever they were sent as', async () => {
    const url = `${items.url}/items/1/`
    for (const [sent, shown] of [
      ['5', '5.00'],
      ['"5"', '5.00'],
      ['0', '0.00'],
      ['"-0"', '0.00'],
      ['"007.5"', '7.50'],
      ['".5"', '0.50'],
      ['"1e2"', '100.00'],
      ['"123456789012.34"', '123456789012.34'],
    ] as const) {
      const response = await sendJson(url, 'PATCH', token, `{"price":${sent}}`)
      assert.equal(Object(await response.json()).price, shown, sent)
    }
  })

  test('an item keeps its own name, and its owner and id whatever is sent', async () => {
    const json = '{"id":77,"name":"first","description":"d","price":"1","user":{"id":9,"email":"x@y.z"}}'
    await assertRow(await sendJson(`${items.url}/items/1/`, 'PUT', token, json), {
      status: 200,
      body: { id: 1, name: 'first', description: 'd', price: '1.00', user: { id: 1, email: 'admin@email.com' } },
    })
  })

  test('the list is whole and by id; ?page= asks for a part of it', async () => {
    for (const name of ['second', 'third']) {
      // oxlint-disable-next-line no-await-in-loop
      await sendJson(`${items.url}/items/`, 'POST', token, JSON.stringify({ ...good, name }))
    }
    const get = (query: string) => fetch(`${items.url}/items/${query}`, { headers: bearerHeader(token) })
    const whole = Object(await (await get('')).json()) as readonly { id: number }[]
    assert.ok(whole.length >= 3)
    assert.deepEqual(
      whole.map(({ id }) => id),
      whole.map(({ id }) => id).toSorted((a, b) => a - b),
    )
    const url = `${items.url}/items/`
    await assertRow(await get('?page=2&page_size=1'), {
      status: 200,
      body: {
        count: whole.length,
        next: `${url}?page=3&page_size=1`,
        previous: `${url}?page=1&page_size=1`,
        results: [whole[1]],
      },
    })
    await assertRow(await get('?page=last'), {
      status: 200,
      body: { count: whole.length, next: null, previous: null, results: whole },
    })
    for (const page of ['0', '99', 'x', '-1']) {
      // oxlint-disable-next-line no-await-in-loop
      await assertRow(await get(`?page=${page}`), { status: 404, body: { detail: 'Invalid page.' } })
    }
  })

  test('what is sent as something that it cannot be read as: 415 (RFC 9110 §15.5.16)', async () => {
    const headers = { ...bearerHeader(token), 'content-type': 'text/plain' }
    await assertRow(await fetch(`${items.url}/items/`, { method: 'POST', headers, body: 'x' }), {
      status: 415,
      body: { detail: 'Unsupported media type "text/plain" in request.' },
    })
  })

  test('formats: 406 by header, 404 by ?format=, a page for a browser (RFC 9110 §12.5.1)', async () => {
    const get = (query: string, accept?: string) =>
      fetch(`${items.url}/items/${query}`, {
        headers: { ...bearerHeader(token), ...(accept === undefined ? {} : { accept }) },
      })
    await assertRow(await get('', 'application/xml'), {
      status: 406,
      body: { detail: 'Could not satisfy the request Accept header.' },
    })
    await assertRow(await get('?format=xml'), { status: 404, body: { detail: 'Not found.' } })
    for (const response of [await get('', 'text/html'), await get('?format=api')]) {
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self'/)
      assert.match(response.headers.get('vary') ?? '', /\bAccept\b/)
      assert.doesNotMatch(await response.text(), /<script/)
    }
    const json = await get('?format=json', 'text/html')
    assert.equal(json.headers.get('content-type'), 'application/json')
  })

  test('HEAD is GET without its body, OPTIONS says what there is, and both need a token', async () => {
    const url = `${items.url}/items/`
    const head = await fetch(url, { method: 'HEAD', headers: bearerHeader(token) })
    await assertRow(head, { status: 200, body: '' })
    const options = await fetch(url, { method: 'OPTIONS', headers: bearerHeader(token) })
    assert.equal(options.headers.get('allow'), 'GET, POST, HEAD, OPTIONS')
    const { name, parses } = Object(await options.json())
    assert.equal(name, 'Item List')
    assert.deepEqual(parses, ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'])
    assert.equal((await fetch(url, { method: 'HEAD' })).status, 401)
    assert.equal((await fetch(url, { method: 'OPTIONS' })).status, 401)
  })

  test('a body that is too long is refused before it is read (RFC 9110 §15.5.14)', async () => {
    const json = JSON.stringify({ ...good, description: 'd'.repeat(70_000) })
    assert.equal((await sendJson(`${items.url}/items/`, 'POST', token, json)).status, 413)
  })

  test('an address that does not exist: 404', async () => {
    await assertRow(await fetch(`${items.url}/nowhere/`), { status: 404, body: { detail: 'Not found.' } })
  })
})
