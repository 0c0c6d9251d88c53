import assert from 'node:assert/strict'
import test from 'node:test'
import { english, mirroredEnglish, type PageContext } from '../../platform/html/index.ts'
import { signInPage } from './page.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: false, assetVersion: 'v1' }

function field(markup: string, name: string): string {
  return new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(markup)?.[0] ?? ''
}

test('the sign-in form has the facts that password managers and phones look for', () => {
  const { text } = signInPage(context, {})
  assert.match(text, /<form method="post" action="\/accounts\/login\/" novalidate>/)
  for (const fact of [
    'autocomplete="username webauthn"',
    'inputmode="email"',
    'autocapitalize="none"',
    'spellcheck="false"',
    'dir="ltr"',
    ' required',
    'aria-describedby="err"',
  ]) {
    assert.ok(field(text, 'username').includes(fact), fact)
  }
  for (const fact of ['type="password"', 'autocomplete="current-password"', 'dir="ltr"', ' required']) {
    assert.ok(field(text, 'password').includes(fact), fact)
  }
  assert.match(text, /<label for="username">Email or username<\/label>/)
  assert.match(text, /<label for="password">Password<\/label>/)
  assert.equal(field(text, 'csrf_token'), '<input type="hidden" name="csrf_token" value="t0ken">')
})

test('the show button is a hidden toggle until a script shows it', () => {
  const button = /<button class="reveal"[^>]*>/.exec(signInPage(context, {}).text)?.[0] ?? ''
  for (const fact of ['type="button"', 'aria-pressed="false"', 'aria-controls="password"', ' hidden'])
    assert.ok(button.includes(fact), fact)
})

test('the box for problems is there before there is one, empty and silent', () => {
  assert.match(signInPage(context, {}).text, /<div id="err" role="alert" tabindex="-1"><\/div>/)
})

test('a refusal keeps the identifier, never the password, and does not tell which half was wrong', () => {
  const { text } = signInPage(context, { identifier: 'alice"@example.com', problem: { kind: 'refused' } })
  assert.ok(field(text, 'username').includes('value="alice&#34;@example.com"'))
  assert.doesNotMatch(field(text, 'password'), /value=/)
  const alert = /role="alert"[\s\S]*?<\/div>\n?<form/.exec(text)?.[0].replace(/<[^>]*>/g, ' ') ?? ''
  assert.match(alert, /email, username or password is not right/)
  assert.doesNotMatch(alert, /unknown|no such|no account|does not exist/i)
})

test('after a refusal the focus goes to the message, before that to the first field', () => {
  const focused = (markup: string): readonly string[] =>
    [...markup.matchAll(/<[^>]* autofocus[^>]*>/g)].map((match) => match[0])
  const fresh = focused(signInPage(context, {}).text)
  assert.equal(fresh.length, 1)
  assert.match(fresh[0] ?? '', /name="username"/)
  const refused = focused(signInPage(context, { problem: { kind: 'refused' } }).text)
  assert.equal(refused.length, 1)
  assert.match(refused[0] ?? '', /id="err"/)
})

test('a throttled person learns how long to wait', () => {
  assert.match(
    signInPage(context, { problem: { kind: 'throttled', retryAfterSeconds: 40 } }).text,
    /Try again in 40 seconds\./,
  )
})

test('the waiting app is named as text, whatever it calls itself', () => {
  const { text } = signInPage(context, {
    next: '/o/authorize/?a=1&b=2',
    application: { name: '"><svg onload=alert(1)>', host: 'shop.example' },
  })
  assert.match(text, /to continue to <bdi class="strong">&#34;&#62;&#60;svg onload=alert\(1\)&#62;<\/bdi>/)
  assert.match(text, /<bdi dir="ltr">shop\.example<\/bdi>/)
  assert.equal(field(text, 'next'), '<input type="hidden" name="next" value="/o/authorize/?a=1&#38;b=2">')
})

test('sign-up is offered where it is on', () => {
  assert.match(signInPage(context, { signUpHref: '/accounts/signup/' }).text, /href="\/accounts\/signup\/"/)
  assert.doesNotMatch(signInPage(context, {}).text, /Create an account/)
})

test('demo users are shown in development mode only, whatever is passed', () => {
  const demoUsers = [{ identifier: 'admin@email.com', password: 'testpass123' }]
  assert.match(signInPage({ ...context, development: true }, { demoUsers }).text, /testpass123/)
  assert.doesNotMatch(signInPage(context, { demoUsers }).text, /testpass123/)
})

test('the page is mirrored for right-to-left languages', () => {
  assert.match(signInPage({ ...context, locale: mirroredEnglish }, {}).text, /<html lang="ar-XB" dir="rtl">/)
})
