import assert from 'node:assert/strict'
import test from 'node:test'
import { html } from './html.ts'
import { accentedEnglish, english, localeOf, mirroredEnglish } from './locale.ts'
import { speak } from './words.ts'

const catalogue = {
  plain: 'Sign in',
  toApp: 'to continue to {app}',
  tries: { one: '{count} try left for {name}', other: '{count} tries left for {name}' },
} as const

test('slots take text, which is escaped, and markup, which stands', () => {
  const { say, text } = speak({ locale: english }, catalogue)
  assert.equal(say('plain').text, 'Sign in')
  assert.equal(say('toApp', { app: '<Shop>' }).text, 'to continue to &#60;Shop&#62;')
  assert.equal(say('toApp', { app: html`<bdi>Shop</bdi>` }).text, 'to continue to <bdi>Shop</bdi>')
  assert.equal(text('toApp', { app: '<Shop>' }), 'to continue to <Shop>')
})

test('a text that looks like a slot inside a value is not filled again', () => {
  const { text } = speak({ locale: english }, catalogue)
  assert.equal(text('toApp', { app: '{app}{count}' }), 'to continue to {app}{count}')
})

test('the plural form follows the count', () => {
  const { text } = speak({ locale: english }, catalogue)
  assert.equal(text('tries', { count: 1, name: 'alice' }), '1 try left for alice')
  assert.equal(text('tries', { count: 0, name: 'alice' }), '0 tries left for alice')
})

test('en-XA is accented, bracketed and a third longer, and leaves values alone', () => {
  const { text } = speak({ locale: accentedEnglish }, catalogue)
  const said = text('toApp', { app: 'Shop' })
  assert.match(said, /^\[.*Shop.*\]$/)
  assert.doesNotMatch(said, /continue/)
  assert.ok(said.length >= 'to continue to Shop'.length * 1.3)
})

test('ar-XB turns each word around and leaves values alone', () => {
  const { text } = speak({ locale: mirroredEnglish }, catalogue)
  assert.equal(text('toApp', { app: 'Shop' }), '\u202eto\u202c \u202econtinue\u202c \u202eto\u202c Shop')
})

test('a language that we do not speak becomes English', () => {
  assert.deepEqual(localeOf('tlh'), english)
  assert.deepEqual(localeOf(undefined), english)
  assert.deepEqual(localeOf('ar-XB'), mirroredEnglish)
})
