import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { type AuthorizeErrorPage, authorizeErrorPage } from './error-page.ts'
import { type ConsentPage, consentPage } from './page.ts'

const hostile = '"><svg onload=alert(1)>'
const context: PageContext = {
  locale: english,
  csrfToken: 't0ken',
  user: { name: 'alice', isStaff: false },
  development: false,
  assetVersion: 'v1',
}
const page: ConsentPage = {
  applicationName: 'Photo Printer',
  redirect: { host: 'printer.example', uri: 'https://printer.example/cb', isLoopback: false },
  signedInAs: 'alice@example.com',
  scopes: [
    { scope: 'profile', description: 'your name', effect: 'see' },
    { scope: 'write', description: 'your items', effect: 'change', isNew: true },
  ],
  transaction: 't1',
  restart: '/o/authorize/?client_id=x',
}

test('consent asks in the title who, and names app, address and person on the page', () => {
  const { text } = consentPage(context, page)
  assert.match(text, /<title>Authorize Photo Printer\? · Latchkey<\/title>/)
  assert.match(text, /<h1><bdi class="strong">Photo Printer<\/bdi> wants to use your account<\/h1>/)
  assert.match(
    text,
    /<details class="redirect"><summary>[\s\S]*printer\.example[\s\S]*<\/summary><code dir="ltr">https:\/\/printer\.example\/cb<\/code>/,
  )
  assert.match(text, /<bdi class="strong">alice@example\.com<\/bdi>/)
})

test('the answer is one form with an opaque transaction and nothing else to tamper with', () => {
  const form =
    /<form method="post" action="\/o\/authorize\/">[\s\S]*?<\/form>/.exec(consentPage(context, page).text)?.[0] ?? ''
  const names = [...form.matchAll(/ name="([^"]*)"/g)].map((match) => match[1])
  assert.deepEqual(names, ['csrf_token', 'transaction', 'cancel', 'allow'])
  assert.match(form, /name="allow" value="Authorize">Authorize</)
  assert.match(form, /name="cancel" value="Cancel">Cancel</)
})

test('refusing weighs as much as allowing: the first button is Cancel and none has the focus', () => {
  const { text } = consentPage(context, page)
  assert.ok(text.indexOf('name="cancel"') < text.indexOf('name="allow"'))
  assert.doesNotMatch(text, /autofocus/)
})

test('scopes are told in words, under what they let the app see and change', () => {
  const { text } = consentPage(context, page)
  const see = text.indexOf('It could see')
  const change = text.indexOf('It could change')
  assert.ok(
    see < text.indexOf('your name') && text.indexOf('your name') < change && change < text.indexOf('your items'),
  )
  assert.match(text, /your items <span class="badge badge-info">new<\/span>/)
  assert.match(consentPage(context, { ...page, scopes: [] }).text, /It learns only that you signed in/)
})

test('another account can be chosen, by a form that signs out and comes back', () => {
  const { text } = consentPage(context, page)
  assert.match(
    text,
    /action="\/accounts\/logout\/"><input type="hidden" name="csrf_token" value="t0ken"><input type="hidden" name="next" value="\/o\/authorize\/\?client_id=x">/,
  )
})

test('an app on this computer is pointed out', () => {
  assert.match(
    consentPage(context, { ...page, redirect: { ...page.redirect, isLoopback: true } }).text,
    /on your own computer/,
  )
  assert.doesNotMatch(consentPage(context, page).text, /on your own computer/)
})

test('hostile names and addresses stay text', () => {
  const { text } = consentPage(context, {
    ...page,
    applicationName: hostile,
    brand: { logo: hostile, home: hostile, policy: `javascript:alert(1)//${hostile}`, terms: hostile },
    redirect: { host: hostile, uri: `javascript:alert(1)//${hostile}`, isLoopback: false },
    signedInAs: hostile,
    scopes: [{ scope: hostile, description: hostile, effect: 'see' }],
    transaction: hostile,
    restart: hostile,
  })
  assert.doesNotMatch(text, /<svg onload/)
  assert.doesNotMatch(text, /(href|action)="javascript:/)
})

const refused: AuthorizeErrorPage = {
  kind: 'redirect-mismatch',
  code: 'invalid_request',
  description: 'Mismatching redirect URI.',
  incident: 'k7Qm29xT',
}

test('a request that cannot be answered by redirect is told in plain words, with the incident for copying', () => {
  const { text } = authorizeErrorPage(context, refused)
  assert.match(text, /role="alert"><p>The app asked us to send you to an address that it has not registered/)
  assert.match(text, /Error: invalid_request/)
  assert.match(text, /Mismatching redirect URI\./)
  assert.match(text, /<code id="incident" dir="ltr">k7Qm29xT<\/code>/)
})

test('a stranger sees no developer panel; the owner sees the difference marked and a one-click fix', () => {
  assert.doesNotMatch(authorizeErrorPage(context, refused).text, /What went wrong|registered<\/dt>/)
  const { text } = authorizeErrorPage(context, {
    ...refused,
    developer: {
      rule: 'The redirect URI must equal a registered one.',
      clause: 'RFC 9700 §4.1.3',
      sent: 'http://localhost:3001/cb',
      registered: 'http://localhost:3000/cb',
      fix: {
        action: '/o/applications/1/add-redirect-uri/',
        csrf: 'c5rf',
        label: 'Add it',
        hidden: { incident: 'k7Qm29xT' },
      },
    },
  })
  assert.match(text, /http:\/\/localhost:300<mark>1<\/mark>\/cb/)
  assert.match(text, /http:\/\/localhost:300<mark>0<\/mark>\/cb/)
  assert.match(
    text,
    /<form method="post" action="\/o\/applications\/1\/add-redirect-uri\/"><input type="hidden" name="csrf_token" value="c5rf"><input type="hidden" name="incident" value="k7Qm29xT">/,
  )
})
