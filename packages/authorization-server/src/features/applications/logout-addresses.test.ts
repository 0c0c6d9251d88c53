import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainMetadata } from '../../records/clients/index.ts'
import { readLogoutAddresses } from './logout-addresses.ts'

const redirectUris = ['https://shop.example/cb']
const admits = (url: string): boolean => url.startsWith('https://') && !url.includes('127.0.0.1')

function errorsOf(back: string, front: string): readonly number[] {
  const typed = { backchannelLogoutUri: back, frontchannelLogoutUri: front }
  const { errors } = readLogoutAddresses(typed, plainMetadata, redirectUris, admits)
  return [errors.backchannel_logout_uri.length, errors.frontchannel_logout_uri.length]
}

test('an address that the server calls must be one that it may call, and a frame must be of the application itself (OpenID Connect Front-Channel Logout §2)', () => {
  assert.deepEqual(errorsOf('https://shop.example/back', 'https://shop.example/front?a=1'), [0, 0])
  assert.deepEqual(errorsOf('https://127.0.0.1/', 'https://evil.example/front'), [1, 1])
  assert.deepEqual(errorsOf('http://shop.example/', 'http://shop.example/front'), [1, 1])
  assert.deepEqual(errorsOf('', 'javascript:alert(1)'), [0, 1])
})

test('nothing typed is nothing registered, and what stood there stays good', () => {
  const none = readLogoutAddresses({ backchannelLogoutUri: '' }, plainMetadata, redirectUris, admits)
  assert.deepEqual(none.metadata, { backchannelLogoutUri: undefined, frontchannelLogoutUri: undefined })
  const stored = { ...plainMetadata, backchannelLogoutUri: 'http://127.0.0.1:9/' }
  const kept = readLogoutAddresses({ backchannelLogoutUri: 'http://127.0.0.1:9/' }, stored, redirectUris, admits)
  assert.deepEqual(kept.errors.backchannel_logout_uri, [])
})
