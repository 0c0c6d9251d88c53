import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { setupPage, setupSpentPage } from './page.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: false, assetVersion: 'v1' }
const policy = { minimumLength: 8, maximumLength: 128, rules: [] } as const

test('the set-up form carries the token of its link and asks for a new password', () => {
  const { text } = setupPage(context, { action: '/setup/', token: 'a"b', policy })
  assert.match(text, /<form method="post" action="\/setup\/" novalidate>/)
  assert.match(text, /<input type="hidden" name="token" value="a&#34;b">/)
  assert.match(text, /autocomplete="new-password"/)
  assert.match(text, /autocomplete="email"/)
})

test('a spent link says so and shows the way on, with no form', () => {
  const { text } = setupSpentPage(context)
  assert.match(text, /no longer works/)
  assert.match(text, /latchkey createsuperuser/)
  assert.doesNotMatch(text, /<form/)
})
