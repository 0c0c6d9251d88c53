import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseClaimsRequest } from './claims-request.ts'

test('null, essential, value and values are read for both places (OpenID Connect Core §5.5.1)', () => {
  const text = JSON.stringify({
    userinfo: { given_name: { essential: true }, nickname: null, 'name#nb': { unknown: 1 } },
    id_token: {
      auth_time: { essential: true },
      acr: { essential: true, values: ['mfa', 'pwd'] },
      sub: { value: 'f3k9' },
    },
    other: 7,
  })
  assert.deepEqual(parseClaimsRequest(text), {
    userinfo: new Map([
      ['given_name', { essential: true, values: undefined }],
      ['nickname', { essential: false, values: undefined }],
      ['name#nb', { essential: false, values: undefined }],
    ]),
    idToken: new Map([
      ['auth_time', { essential: true, values: undefined }],
      ['acr', { essential: true, values: ['mfa', 'pwd'] }],
      ['sub', { essential: false, values: ['f3k9'] }],
    ]),
  })
})

test('a place that is null or left out asks for nothing', () => {
  for (const text of ['{}', '{"userinfo":null}', '{"userinfo":{},"id_token":{}}']) {
    assert.deepEqual(parseClaimsRequest(text), { userinfo: new Map(), idToken: new Map() })
  }
})

test('anything of another shape is refused', () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, null]))
  for (const text of [
    '',
    '[]',
    'null',
    '"x"',
    '{',
    '{"userinfo":[]}',
    '{"userinfo":"email"}',
    '{"id_token":{"acr":"x"}}',
    '{"id_token":{"acr":["x"]}}',
    '{"id_token":{"acr":{"essential":"yes"}}}',
    '{"id_token":{"acr":{"values":"x"}}}',
    '{"id_token":{"acr":{"value":{}}}}',
    '{"id_token":{"acr":{"value":null}}}',
    '{"id_token":{"":null}}',
    '{"id_token":{"a b":null}}',
    JSON.stringify({ userinfo: many }),
    `{"a":"${'x'.repeat(2_048)}"}`,
  ]) {
    assert.throws(() => parseClaimsRequest(text), { code: 'invalid_request', rule: 'claims-syntax' }, text.slice(0, 60))
  }
})

test('a claim called __proto__ is a name like any other', () => {
  const wanted = parseClaimsRequest('{"userinfo":{"__proto__":{"essential":true}}}')
  assert.equal(wanted.userinfo.get('__proto__')?.essential, true)
  assert.equal(Object.hasOwn(Object.prototype, 'essential'), false)
})

test('no text makes it fail in another way than the one of the catalogue', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        parseClaimsRequest(text)
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'OAuthError')
      }
    }),
  )
})
