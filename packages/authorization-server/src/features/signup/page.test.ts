import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { type SignUpPage, signUpPage } from './page.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: false, assetVersion: 'v1' }
const page: SignUpPage = {
  policy: { minimumLength: 8, maximumLength: 128, rules: ['not-similar', 'not-numeric'] },
  signInHref: '/accounts/login/',
}

function field(markup: string, name: string): string {
  return new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(markup)?.[0] ?? ''
}

test('the sign-up form has the facts that password managers look for', () => {
  const { text } = signUpPage(context, page)
  assert.match(text, /<form method="post" action="\/accounts\/signup\/" novalidate>/)
  assert.match(field(text, 'email'), /type="email"[^>]*|autocomplete="email"/)
  assert.match(field(text, 'email'), /autocomplete="email"/)
  assert.match(field(text, 'username'), /autocomplete="username"/)
  assert.match(field(text, 'password'), /autocomplete="new-password"/)
  assert.match(field(text, 'password'), /passwordrules="minlength: 8; maxlength: 128;"/)
  assert.equal(text.match(/type="password"/g)?.length, 1)
})

test('the rules of the password stand before its field, and are read out with it', () => {
  const { text } = signUpPage(context, page)
  assert.ok(text.indexOf('At least 8 characters') < text.indexOf('name="password"'))
  assert.match(field(text, 'password'), /aria-describedby="password-hint"/)
  assert.match(text, /Not only digits/)
  assert.doesNotMatch(text, /Not one that many people use/)
})

test('errors stand in a summary that takes the focus and beside their fields; what was typed stays', () => {
  const { text } = signUpPage(context, {
    ...page,
    email: 'alice@"',
    errors: { email: ['Enter a valid email address.'], form: ['Sign-up is closed <now>.'] },
  })
  assert.match(text, /role="alert" tabindex="-1" autofocus/)
  assert.match(text, /<li><a href="#email">Enter a valid email address\.<\/a><\/li>/)
  assert.match(text, /<li>Sign-up is closed &#60;now&#62;\.<\/li>/)
  assert.match(text, /id="email-error"/)
  assert.match(field(text, 'email'), /value="alice@&#34;"/)
  assert.match(field(text, 'email'), /aria-describedby="email-error" aria-invalid="true"/)
  assert.doesNotMatch(field(text, 'email'), /autofocus/)
  assert.doesNotMatch(field(text, 'password'), /value=/)
})

test('the way back to sign-in is there', () => {
  assert.match(signUpPage(context, page).text, /href="\/accounts\/login\/">Sign in/)
})
