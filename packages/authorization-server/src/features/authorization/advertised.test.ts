import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advertised } from './advertised.ts'

const fixed = { grant_types_supported: ['authorization_code'] } as const

test('code by query and form alone, while no client has more (OpenID Connect Discovery §3)', () => {
  assert.deepEqual(advertised(fixed, { responseTypes: [], requestObjects: false, requestUris: false }), {
    grant_types_supported: ['authorization_code'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    request_parameter_supported: false,
    // Its default is true: it must be said that there is none.
    request_uri_parameter_supported: false,
  })
})

test('what some client has on stands there, with what it brings along', () => {
  const on = { responseTypes: ['code', 'id_token', 'code id_token'], requestObjects: true, requestUris: true } as const
  assert.deepEqual(advertised(fixed, on), {
    grant_types_supported: ['authorization_code', 'implicit'],
    response_types_supported: ['code', 'id_token', 'code id_token'],
    response_modes_supported: ['query', 'form_post', 'fragment'],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    request_object_signing_alg_values_supported: ['RS256', 'ES256', 'PS256', 'EdDSA', 'none'],
    require_request_uri_registration: true,
  })
})
