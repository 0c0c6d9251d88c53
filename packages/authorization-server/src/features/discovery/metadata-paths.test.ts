import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadataPaths } from './endpoint.ts'

const openid = '.well-known/openid-configuration'
const oauth = '.well-known/oauth-authorization-server'

test('the metadata of an issuer with a path lie behind it, before it, and at the root (RFC 8414 §3.1, §5)', () => {
  for (const issuer of ['https://id.example/tenant/one', 'https://id.example/tenant/one/']) {
    const paths = metadataPaths(issuer, 'https://id.example')
    const expected = [
      `/tenant/one/${openid}`,
      `/${openid}/tenant/one`,
      `/${openid}`,
      `/tenant/one/${oauth}`,
      `/${oauth}/tenant/one`,
      `/${oauth}`,
    ]
    assert.deepEqual(new Set(paths), new Set(expected), issuer)
  }
})

test('an issuer without a path has its metadata at the root, once', () => {
  assert.deepEqual(metadataPaths('https://id.example', 'https://id.example'), [`/${openid}`, `/${oauth}`])
  assert.deepEqual(metadataPaths('https://id.example/', 'https://login.example'), [`/${openid}`, `/${oauth}`])
})

test('behind a proxy that takes a path away, both spellings lead to the metadata', () => {
  const paths = metadataPaths('https://example.org/sso/o', 'https://example.org/sso')
  for (const path of [`/sso/o/${openid}`, `/o/${openid}`, `/${oauth}/sso/o`, `/${oauth}/o`]) {
    assert.ok(paths.includes(path), path)
  }
})
