import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { type HomePage, homePage } from './page.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: true, assetVersion: 'v1' }
const page: HomePage = {
  discoveryHref: '/.well-known/openid-configuration',
  signUpHref: '/accounts/signup/',
  demo: {
    users: [{ identifier: 'admin@email.com', password: 'testpass123', note: 'superuser' }],
    clients: [
      { clientId: 'clientId', clientSecret: 'clientSecret', grants: ['password'], scopes: ['read'], redirectUris: [] },
      {
        clientId: 'spa',
        grants: ['authorization_code'],
        scopes: ['openid'],
        redirectUris: ['http://localhost:9999/callback'],
      },
    ],
    addresses: [{ href: 'http://localhost:8000/o/token/', purpose: 'token endpoint' }],
    firstToken: 'curl -u clientId:clientSecret http://localhost:8000/o/token/',
  },
}

test('the start page leads to sign-in, account, applications and discovery', () => {
  const { text } = homePage(context, page)
  for (const href of [
    '/accounts/login/',
    '/accounts/signup/',
    '/account/',
    '/o/applications/',
    '/.well-known/openid-configuration',
  ]) {
    assert.ok(text.includes(`href="${href}"`), href)
  }
})

test('development mode lists demo users and clients with a first request to copy', () => {
  const { text } = homePage(context, page)
  assert.match(text, /testpass123[\s\S]*clientSecret/)
  assert.match(text, /<code id="first-token">curl -u clientId:clientSecret/)
  assert.match(text, /none \(public\)/)
})

test('outside development mode no demo secret is shown, whatever is passed', () => {
  assert.doesNotMatch(homePage({ ...context, development: false }, page).text, /testpass123|clientSecret/)
})

test('who is signed in is led to the account instead of the sign-in page', () => {
  const { text } = homePage({ ...context, user: { name: 'alice', isStaff: false } }, page)
  assert.match(text, /class="button button-primary" href="\/account\/"/)
})
