import assert from 'node:assert/strict'
import { test } from 'node:test'
import { busyPage } from './busy-page.ts'
import { errorPage } from './error-page.ts'
import { english, mirroredEnglish } from './locale.ts'

test('the page that is laid out once is the page of that error, with its own incident', () => {
  for (const locale of [english, mirroredEnglish]) {
    for (const retryAfterSeconds of [undefined, 1, 3]) {
      for (const incident of ['7QK3-X0PM', 'Z0Z0-<b>&']) {
        const context = { locale, development: false, assetVersion: 'a1' }
        const page = errorPage(context, { kind: 'busy', incident, retryAfterSeconds })
        for (let times = 0; times < 2; times += 1) {
          assert.equal(busyPage(context, { incident, retryAfterSeconds }).text, page.text)
        }
      }
    }
  }
})

test('what stands on it besides belongs to it: how long to wait, the version of what it loads, the language', () => {
  const context = { locale: english, development: false, assetVersion: 'a1' }
  const page = { incident: '7QK3-X0PM', retryAfterSeconds: 1 }
  const texts = [
    busyPage(context, page),
    busyPage(context, { ...page, retryAfterSeconds: 2 }),
    busyPage({ ...context, assetVersion: 'b2' }, page),
    busyPage({ ...context, development: true }, page),
    busyPage({ ...context, locale: mirroredEnglish }, page),
  ]
  assert.equal(new Set(texts.map(({ text }) => text)).size, texts.length)
})
