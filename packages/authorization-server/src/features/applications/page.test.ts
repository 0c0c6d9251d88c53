import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { type ApplicationPage, applicationPage } from './detail-page.ts'
import { type ApplicationFormPage, applicationFormPage } from './form-page.ts'
import { applicationDeletePage, applicationsPage } from './page.ts'
import { firstRequest, shellWord } from './snippets.ts'

const hostile = '"><svg onload=alert(1)>'
const context: PageContext = {
  locale: english,
  csrfToken: 't0ken',
  user: { name: 'alice', isStaff: false },
  development: false,
  assetVersion: 'v1',
}
const now = Date.UTC(2026, 10, 21, 22, 47)

const form: ApplicationFormPage = {
  mode: { kind: 'register' },
  values: {
    name: hostile,
    clientId: 'generated-id',
    clientSecret: 'generated-secret',
    clientType: 'confidential',
    grantTypes: ['authorization_code'],
    redirectUris: '\nhttps://shop.example/cb</textarea>',
    postLogoutRedirectUris: '',
    allowedOrigins: '',
    scopes: ['openid'],
    pkceRequired: true,
    consent: 'ask',
    algorithm: 'ES256',
    accessTokenLifetime: '600',
    refreshTokenLifetime: '86400',
    introspection: 'none',
    refreshGrace: '10',
    refreshEndsAccessTokens: false,
  },
  scopesOffered: [{ scope: 'openid', description: 'sign in' }],
  mayTrust: true,
}

const application: ApplicationPage = {
  id: '7',
  name: hostile,
  clientId: 'shop',
  clientType: 'confidential',
  createdAt: now,
  grantTypes: ['authorization_code'],
  redirectUris: ['https://shop.example/cb'],
  postLogoutRedirectUris: [],
  allowedOrigins: [],
  scopes: ['openid'],
  pkceRequired: true,
  consent: 'ask',
  algorithm: 'RS256',
  accessTokenLifetimeSeconds: 600,
  refreshTokenLifetimeSeconds: 86_400,
  introspection: 'own',
  secrets: [{ id: 'x1', lastFour: 'k9Qz', createdAt: now - 86_400_000 }],
  endpoints: {
    issuer: 'i',
    discovery: 'd',
    authorization: 'https://sso.example/o/authorize/',
    token: 'https://sso.example/o/token/',
    userinfo: 'u',
    introspection: 's',
    revocation: 'r',
    jwks: 'j',
  },
  refusals: [],
  now,
}

test('the form has the fields of a registration, with what was typed', () => {
  const { text } = applicationFormPage(context, form)
  const names = new Set([...text.matchAll(/<(?:input|select|textarea)[^>]* name="([^"]*)"/g)].map((match) => match[1]))
  assert.deepEqual(
    names,
    new Set([
      'access_token_lifetime',
      'algorithm',
      'allowed_origins',
      'backchannel_logout_uri',
      'frontchannel_logout_uri',
      'client_id',
      'client_secret',
      'client_type',
      'consent',
      'csrf_token',
      'grant_types',
      'introspection',
      'name',
      'pkce_required',
      'post_logout_redirect_uris',
      'redirect_uris',
      'refresh_ends_access_tokens',
      'refresh_grace',
      'refresh_token_lifetime',
      'scopes',
    ]),
  )
  assert.match(text, /<option value="ES256" selected>/)
  assert.match(text, /name="grant_types" value="authorization_code" checked/)
  assert.doesNotMatch(text, /name="grant_types" value="password" checked/)
  assert.doesNotMatch(text, /<svg onload/)
})

test('lines come back as typed: a first empty line is kept, a closing tag stays text', () => {
  assert.match(
    applicationFormPage(context, form).text,
    />\n\nhttps:\/\/shop\.example\/cb&#60;\/textarea&#62;<\/textarea>/,
  )
})

test('an update changes neither id nor secret, and who is not trusted sees no trust settings', () => {
  const { text } = applicationFormPage(context, {
    ...form,
    mode: { kind: 'update', id: '7', name: 'Shop' },
    mayTrust: false,
  })
  assert.match(text, /action="\/o\/applications\/7\/update\/"/)
  assert.doesNotMatch(text, /name="client_id"|name="client_secret"|name="consent"|<option value="any"/)
})

test('the password grant is marked as legacy and explained', () => {
  assert.match(
    applicationFormPage(context, form).text,
    /Resource owner password-based <span class="badge badge-warning">legacy<\/span>[\s\S]*OAuth 2\.1 has removed it/,
  )
})

test('an error inside the advanced group opens it', () => {
  assert.doesNotMatch(applicationFormPage(context, form).text, /<details class="panel" open>/)
  assert.match(
    applicationFormPage(context, { ...form, errors: { refresh_grace: ['Enter a number.'] } }).text,
    /<details class="panel" open>/,
  )
})

test('a new secret is shown once with a warning and a copy button; later only its end', () => {
  const fresh = applicationPage(context, { ...application, newSecret: 's3cret' }).text
  assert.match(fresh, /This is the only time it is shown/)
  assert.match(
    fresh,
    /<code id="client-secret" dir="ltr">s3cret<\/code><button class="copy"[^>]* data-copy="client-secret"/,
  )
  const later = applicationPage(context, application).text
  assert.doesNotMatch(later, /client-secret|only time/)
  assert.match(later, /ends in <code dir="ltr">…k9Qz<\/code>/)
  assert.doesNotMatch(later, /<svg onload/)
})

test('the last secret cannot be removed, one of two can', () => {
  assert.doesNotMatch(applicationPage(context, application).text, /remove-secret/)
  const secrets = [{ id: 'x2', lastFour: 'aaaa', createdAt: now }, ...application.secrets]
  const { text } = applicationPage(context, { ...application, secrets })
  assert.match(
    text,
    /action="\/o\/applications\/7\/remove-secret\/"><input type="hidden" name="csrf_token" value="t0ken"><input type="hidden" name="secret" value="x1">/,
  )
})

test('a refusal shows what differed and how to repair it', () => {
  const refusals = [
    {
      at: now,
      incident: 'k7Qm',
      rule: 'The redirect URI must equal a registered one.',
      clause: 'RFC 9700 §4.1.3',
      sent: 'https://a:1/',
      registered: 'https://a:2/',
      difference: 'the port differs',
      fix: { action: '/o/applications/7/fix/', label: 'Add it' },
    },
  ]
  const { text } = applicationPage(context, { ...application, refusals })
  assert.match(text, /https:\/\/a:<mark>1<\/mark>\//)
  assert.match(text, /<form class="inline" method="post" action="\/o\/applications\/7\/fix\/">/)
})

test('lists and their empty state lead to registering', () => {
  assert.match(
    applicationsPage(context, { applications: [] }).text,
    /No applications yet[\s\S]*href="\/o\/applications\/register\/"/,
  )
  assert.match(
    applicationsPage(context, { applications: [application] }).text,
    /href="\/o\/applications\/7\/"[\s\S]*&#34;&#62;&#60;svg/,
  )
})

test('deleting says what goes with it', () => {
  const { text } = applicationDeletePage(context, { id: '7', name: hostile, clientId: 'shop', people: 12, grants: 1 })
  assert.match(text, /12 people are no longer signed in to it/)
  assert.match(text, /1 grant with its tokens ends at once/)
  assert.match(text, /<form method="post" action="\/o\/applications\/7\/delete\/">/)
  assert.doesNotMatch(text, /<svg onload/)
})

test('snippets quote for the shell, and fit the grants of the application', () => {
  assert.equal(shellWord(`a'b $(rm)`), `'a'\\''b $(rm)'`)
  assert.equal(shellWord('https://a.example/o/'), 'https://a.example/o/')
  assert.match(firstRequest({ ...application, grantTypes: ['client_credentials'] }), /-d grant_type=client_credentials/)
  assert.match(
    firstRequest({ ...application, clientType: 'public' }),
    /^https:\/\/sso\.example\/o\/authorize\/\?response_type=code&client_id=shop/,
  )
})
