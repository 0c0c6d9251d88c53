import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readParameters } from './parameter-reader.ts'
import { parseTokenRequest } from './token-request.ts'

const parse = (body: string): unknown => parseTokenRequest(readParameters(new URLSearchParams(body)))

test('each grant becomes its own typed request', () => {
  const access = { scopes: undefined, resources: [] }
  assert.deepEqual(
    parse('grant_type=authorization_code&code=c&redirect_uri=https://a/cb&code_verifier=v&client_id=x'),
    {
      grantType: 'authorization_code',
      code: 'c',
      redirectUri: 'https://a/cb',
      codeVerifier: 'v',
      ...access,
    },
  )
  assert.deepEqual(parse('grant_type=refresh_token&refresh_token=r&scope=read'), {
    grantType: 'refresh_token',
    refreshToken: 'r',
    scopes: ['read'],
    resources: [],
  })
  assert.deepEqual(parse('grant_type=client_credentials&scope=write+read+read&resource=https://api.example/'), {
    grantType: 'client_credentials',
    scopes: ['write', 'read'],
    resources: ['https://api.example/'],
  })
  assert.deepEqual(parse('grant_type=password&username=a%40b.c&password=+p+'), {
    grantType: 'password',
    username: 'a@b.c',
    password: ' p ',
    ...access,
  })
})

test('what is missing or wrong is answered as the seeds’ server answers it', () => {
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['', 'unsupported_grant_type', undefined],
    ['grant_type=', 'unsupported_grant_type', undefined],
    ['grant_type=constructor', 'unsupported_grant_type', undefined],
    ['grant_type=Password', 'unsupported_grant_type', undefined],
    ['grant_type=authorization_code', 'invalid_request', 'Missing code parameter.'],
    ['grant_type=authorization_code&code=', 'invalid_request', 'Missing code parameter.'],
    ['grant_type=refresh_token', 'invalid_request', 'Missing refresh token parameter.'],
    ['grant_type=password&password=p', 'invalid_request', 'Request is missing username parameter.'],
    ['grant_type=password&username=u', 'invalid_request', 'Request is missing password parameter.'],
    ['grant_type=password&username=u%00&password=p', 'invalid_grant', 'Invalid credentials given.'],
    ['grant_type=client_credentials&scope=', 'invalid_scope', undefined],
    ['grant_type=client_credentials&scope=%22', 'invalid_scope', undefined],
    ['grant_type=client_credentials&grant_type=password', 'invalid_request', 'Duplicate grant_type parameter.'],
    [
      'grant_type=refresh_token&refresh_token=a&refresh_token=b',
      'invalid_request',
      'Duplicate refresh_token parameter.',
    ],
  ]
  for (const [body, code, description] of rows) assert.throws(() => parse(body), { code, description }, body)
  assert.throws(() => parse('grant_type=client_credentials&resource=api'), { code: 'invalid_target' })
})

test('a grant type that this server does not answer is unsupported', () => {
  const parameters = readParameters(new URLSearchParams('grant_type=password&username=u&password=p'))
  assert.throws(() => parseTokenRequest(parameters, ['authorization_code']), { code: 'unsupported_grant_type' })
})
