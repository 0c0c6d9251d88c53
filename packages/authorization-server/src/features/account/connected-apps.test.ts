import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectedApps } from './connected-apps.ts'

const known = [
  { name: 'openid', description: 'who you are' },
  { name: 'profile', description: 'your name' },
  { name: 'read', description: 'your items' },
]
const grant = { clientRow: 1, clientName: 'Shop', scopes: 'read', createdAt: 2_000, rotatedAt: undefined }
const consent = { clientRow: 1, clientName: 'Shop', scopes: ['openid', 'profile'], givenAt: 1_000 }

test('grants and consent of one application make one line, with all that it may do and its last use', () => {
  const apps = connectedApps([grant, { ...grant, createdAt: 3_000, rotatedAt: 9_000 }], [consent], known)
  assert.deepEqual(apps, [
    { id: '1', name: 'Shop', access: ['your name', 'your items'], since: 1_000, lastUsed: 9_000 },
  ])
})

test('an application that was allowed and holds nothing now is listed too', () => {
  assert.deepEqual(connectedApps([], [{ ...consent, scopes: ['openid'] }], known), [
    { id: '1', name: 'Shop', access: [], since: 1_000, lastUsed: undefined },
  ])
})

test('a scope that was deleted since is named as it was', () => {
  assert.deepEqual(connectedApps([{ ...grant, scopes: 'read gone' }], [], known)[0]?.access, ['your items', 'gone'])
})

test('the application that was used last comes first', () => {
  const other = { ...grant, clientRow: 2, clientName: 'Mail', createdAt: 5_000 }
  assert.deepEqual(
    connectedApps([grant, other], [], known).map(({ name }) => name),
    ['Mail', 'Shop'],
  )
})
