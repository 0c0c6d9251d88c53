import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import * as access from './access-page.ts'
import { accountNoticeOf } from './notices.ts'
import { accountOverviewPage, passwordPage, profilePage } from './page.ts'

const hostile = '"><svg onload=alert(1)>'
const context: PageContext = {
  locale: english,
  csrfToken: 't0ken',
  user: { name: hostile, isStaff: false },
  development: false,
  assetVersion: 'v1',
}
const now = Date.UTC(2026, 10, 21, 22, 47)
const policy = { minimumLength: 8, maximumLength: 128, rules: [] } as const

function field(markup: string, name: string): string {
  return new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(markup)?.[0] ?? ''
}

test('the menu marks the open page, and every page can sign out', () => {
  const { text } = accountOverviewPage(context, {
    fullName: hostile,
    groups: [hostile],
    createdAt: now,
    connectedApps: 1,
    sessions: 2,
  })
  assert.match(text, /<a href="\/account\/" aria-current="page">/)
  assert.equal(text.match(/aria-current/g)?.length, 1)
  assert.match(text, /<form class="inline" method="post" action="\/accounts\/logout\/">/)
  assert.match(text, /1 app<[\s\S]*2 browsers signed in/)
  assert.doesNotMatch(text, /<svg onload/)
})

test('profile fields have the autofill tokens of WCAG 1.3.5', () => {
  const { text } = profilePage(context, {
    values: { firstName: 'A', lastName: 'B', username: 'alice', email: hostile },
  })
  const tokens = ['first_name', 'last_name', 'username', 'email', 'password'].map(
    (name) => /autocomplete="([^"]*)"/.exec(field(text, name))?.[1],
  )
  assert.deepEqual(tokens, ['given-name', 'family-name', 'username', 'email', 'current-password'])
  assert.match(field(text, 'email'), /value="&#34;&#62;&#60;svg/)
})

test('changing the password shows managers whose it is, and asks for old and new', () => {
  const { text } = passwordPage(context, { identifier: 'alice@example.com', policy })
  assert.match(
    text,
    /<input type="text" name="username" value="alice@example\.com" autocomplete="username" readonly hidden>/,
  )
  assert.match(field(text, 'old_password'), /autocomplete="current-password"/)
  assert.match(field(text, 'password'), /autocomplete="new-password"[^>]*passwordrules=/)
  assert.match(field(text, 'password2'), /autocomplete="new-password"/)
})

test('each connected app has its own button that says which app it removes', () => {
  const apps = [
    { id: 'c1', name: hostile, access: ['your name'], since: now },
    { id: 'c2', name: 'Wiki', access: [], since: now, lastUsed: now - 7_200_000 },
  ]
  const { text } = access.connectedAppsPage(context, { apps, now })
  assert.match(
    text,
    /action="\/account\/apps\/revoke\/"><input type="hidden" name="csrf_token" value="t0ken"><input type="hidden" name="app" value="c2">/,
  )
  assert.match(text, /aria-label="Remove Wiki"/)
  assert.match(text, /2 hours ago/)
  assert.doesNotMatch(text, /<svg onload/)
})

test('empty lists say what would stand there', () => {
  assert.match(access.connectedAppsPage(context, { apps: [], now }).text, /No connected apps/)
  assert.match(access.authorizedTokensPage(context, { tokens: [], now }).text, /No authorized tokens/)
})

test('this device is marked, and others can be ended together only when there are others', () => {
  const session = {
    id: 's1',
    device: 'Firefox on Linux',
    address: '192.0.2.7',
    startedAt: now,
    lastSeenAt: now,
    isCurrent: true,
  }
  const alone = access.sessionsPage(context, { sessions: [session], now }).text
  assert.match(alone, /Firefox on Linux<\/bdi> <span class="badge badge-success">This device/)
  assert.doesNotMatch(alone, /end-others/)
  const two = access.sessionsPage(context, {
    sessions: [session, { ...session, id: 's2', isCurrent: false }],
    now,
  }).text
  assert.match(two, /action="\/account\/sessions\/end-others\/"/)
  assert.match(two, /name="session" value="s2"/)
})

test('revoking an authorized token is confirmed by a form', () => {
  const tokens = [{ id: 'g1', applicationName: 'Shop', scopes: ['read'], issuedAt: now }]
  assert.match(
    access.authorizedTokensPage(context, { tokens, now }).text,
    /href="\/o\/authorized_tokens\/g1\/delete\/" aria-label="Revoke the access of Shop"/,
  )
  const { text } = access.authorizedTokenRevokePage(context, { id: 'g1', applicationName: hostile, scopes: ['read'] })
  assert.match(text, /<form method="post" action="\/o\/authorized_tokens\/g1\/delete\/">/)
  assert.doesNotMatch(text, /<svg onload/)
})

test('a notice is one of ours, or none', () => {
  assert.equal(accountNoticeOf('password-changed'), 'password-changed')
  assert.equal(accountNoticeOf('<b>'), undefined)
  assert.equal(accountNoticeOf('constructor'), undefined)
})
