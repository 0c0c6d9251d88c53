// Facts that hold for every page in every state and language of the gallery: structure, labels, tokens, and no way in for markup.
import assert from 'node:assert/strict'
import test from 'node:test'
import { ownStates } from '../../scripts/gallery-own-states.ts'
import { anonymousStates } from '../../scripts/gallery-states.ts'
import {
  accentedEnglish,
  english,
  loadAssets,
  mirroredEnglish,
  type PageContext,
} from '../../packages/authorization-server/src/platform/html/index.ts'

const locales = [english, accentedEnglish, mirroredEnglish]
const hostile = '"><svg onload=alert(1)>'

function rendered(check: (markup: string, context: PageContext) => void): void {
  for (const locale of locales) {
    for (const state of [...anonymousStates, ...ownStates]) {
      const context = {
        locale,
        csrfToken: hostile,
        user: { name: hostile, isStaff: true },
        development: true,
        assetVersion: 'v1',
      }
      try {
        check(state.render(context).text, context)
      } catch (error) {
        throw new Error(`${state.name} in ${locale.tag}`, { cause: error })
      }
    }
  }
}

/** Start tags with their attributes; the pages quote every attribute with double quotes. */
function tags(markup: string, name: string): readonly Readonly<Record<string, string>>[] {
  return [...markup.matchAll(new RegExp(`<${name}((?:\\s+[a-z-]+(?:="[^"]*")?)*)\\s*/?>`, 'g'))].map((match) =>
    Object.fromEntries([...(match[1] ?? '').matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map((a) => [a[1], a[2] ?? ''])),
  )
}

test('every page names its language and direction, and has a title and one heading of the first rank (WCAG 2.4.2, 3.1.1)', () => {
  rendered((markup, { locale }) => {
    assert.ok(markup.startsWith(`<!doctype html>\n<html lang="${locale.tag}" dir="${locale.dir}">`))
    assert.equal(tags(markup, 'h1').length, 1)
    assert.match(markup, /<title>[^<]{5,}<\/title>/)
    assert.equal(tags(markup, 'main').length, 1)
  })
})

test('no page has an inline script, inline style, event handler or address on another origin', () => {
  rendered((markup) => {
    for (const script of markup.matchAll(/<script\b[^>]*>([^<]*)/g)) assert.equal(script[1], '')
    assert.doesNotMatch(markup, /<style|\sstyle="|<svg onload|<script>alert/)
    for (const tag of markup.matchAll(/<[a-z][^>]*>/g))
      assert.doesNotMatch(tag[0].replace(/"[^"]*"/g, ''), /\son[a-z]+=/)
    for (const { src } of tags(markup, 'script')) assert.match(src ?? '', /^\/assets\//)
    for (const { href } of tags(markup, 'link')) assert.match(href ?? '', /^\/assets\//)
  })
})

test('ids are unique, and whatever refers to an id finds it', () => {
  rendered((markup) => {
    const ids = [...markup.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1])
    assert.deepEqual(ids, [...new Set(ids)])
    for (const [, names] of markup.matchAll(
      /\s(?:aria-describedby|aria-labelledby|aria-controls|for|data-copy)="([^"]*)"/g,
    )) {
      for (const name of (names ?? '').split(' ')) assert.ok(ids.includes(name), `nothing has the id ${name}`)
    }
    for (const [, name] of markup.matchAll(/\shref="#([^"]+)"/g))
      assert.ok(ids.includes(name), `#${name} leads nowhere`)
  })
})

test('no tag says an attribute twice (the second would be lost)', () => {
  rendered((markup) => {
    for (const [tag] of markup.matchAll(/<[a-z][^>"]*(?:"[^"]*"[^>"]*)*>/g)) {
      const names = [...tag.replace(/"[^"]*"/g, '""').matchAll(/\s([a-z-]+)(?==|\s|>|\/)/g)].map((match) => match[1])
      assert.deepEqual(names, [...new Set(names)], tag)
    }
  })
})

test('every visible field has a label', () => {
  rendered((markup) => {
    const labelled = new Set(tags(markup, 'label').map((label) => label['for']))
    for (const field of [...tags(markup, 'input'), ...tags(markup, 'select'), ...tags(markup, 'textarea')]) {
      if (field['type'] === 'hidden' || 'hidden' in field) continue
      assert.ok(labelled.has(field['id']), `${field['name']} has no label`)
    }
  })
})

test('every form posts, and carries the form token', () => {
  rendered((markup) => {
    for (const [form] of markup.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
      assert.match(form, /^<form[^>]* method="post" action="\/[^"]*"/)
      assert.match(form, /<input type="hidden" name="csrf_token" value="[^"]+">/)
      assert.doesNotMatch(form.slice(5), /<form/)
    }
  })
})

test('every password field tells password managers what it is (HTML autofill tokens)', () => {
  rendered((markup) => {
    for (const field of tags(markup, 'input').filter((input) => input['type'] === 'password')) {
      assert.match(field['autocomplete'] ?? '', /^(current|new)-password$/)
      assert.equal(field['maxlength'], undefined)
    }
  })
})

test('codes and addresses keep their direction on right-to-left pages', () => {
  rendered((markup, { locale }) => {
    if (locale.dir === 'ltr') return
    for (const field of tags(markup, 'input')) {
      if (field['type'] === 'email' || field['type'] === 'password') assert.equal(field['dir'], 'ltr')
    }
  })
})

test('no text is left out of the catalogue: English words of the frame are gone in the accented language', () => {
  for (const state of [...anonymousStates, ...ownStates]) {
    const markup = state.render({
      locale: accentedEnglish,
      csrfToken: 't',
      user: { name: 'alice', isStaff: false },
      development: true,
      assetVersion: 'v1',
    }).text
    const visible = markup.replace(/<(script|code|pre|bdi|time|title)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, '\n')
    assert.doesNotMatch(
      visible,
      /\b(Sign in|Password|Email|Cancel|Continue|Account|Remove|Client id|Copy|Application)\b/,
      state.name,
    )
  }
})

test('every class that a page uses has a look in the style sheets', () => {
  const decoder = new TextDecoder()
  const sheets = ['pages.css', 'workspace.css']
    .map((name) => decoder.decode(loadAssets().files.get(name)?.body))
    .join('')
  const known = new Set([...sheets.matchAll(/\.([a-z][a-z-]*)/g)].map((match) => match[1]))
  rendered((markup) => {
    for (const [, names] of markup.matchAll(/\sclass="([^"]*)"/g)) {
      for (const name of (names ?? '').split(/\s+/).filter((one) => one !== '' && !one.startsWith('icon-'))) {
        assert.ok(known.has(name), `.${name} is in no style sheet`)
      }
    }
  })
})
