import assert from 'node:assert/strict'
import test from 'node:test'
import { english, type PageContext } from '../../platform/html/index.ts'
import { logoutRefusedPage, signedOutPage, signOutPage } from './page.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: false, assetVersion: 'v1' }

test('signing out is a form that posts, and names who asks and what ends', () => {
  const { text } = signOutPage(context, {
    name: 'alice@example.com',
    askedBy: { name: 'Shop', meansOther: false },
    applications: ['Wiki'],
    hidden: { state: 's"1' },
  })
  assert.match(text, /<form method="post" action="\/accounts\/logout\/">/)
  assert.match(text, /<input type="hidden" name="state" value="s&#34;1">/)
  assert.match(text, /<bdi class="strong">Shop<\/bdi> asks to sign you out/)
  assert.match(text, /<li><bdi>Wiki<\/bdi><\/li>/)
})

test('who is meant by the app, and is not the one who is signed in, is said', () => {
  const { text } = signOutPage(context, { name: 'bob', askedBy: { name: 'Shop', meansOther: true } })
  assert.match(text, /asks to sign out somebody else/)
})

test('the signed-out page is never a dead end, and never a way to a script', () => {
  const { text } = signedOutPage(context, {
    signInHref: '/accounts/login/',
    back: { name: 'Shop', href: 'javascript:alert(1)', isAutomatic: false },
    frames: [{ name: '"><svg onload=alert(1)>', src: 'javascript:alert(2)' }],
  })
  assert.match(text, /href="\/accounts\/login\/"/)
  assert.match(text, /href="about:invalid"/)
  assert.match(text, /<iframe src="about:invalid"/)
  assert.doesNotMatch(text, /javascript:|<svg onload/)
})

test('a frame can neither lead the window elsewhere nor open another (OpenID Connect Front-Channel Logout §3)', () => {
  const frames = [{ name: 'Shop', src: 'https://shop.example/bye?iss=i&sid=s' }]
  const { text } = signedOutPage(context, { signInHref: '/accounts/login/', frames })
  const [frame = ''] = /<iframe[^>]*>/.exec(text) ?? []
  assert.match(frame, / src="https:\/\/shop\.example\/bye\?iss=i&#38;sid=s"/)
  assert.match(frame, / sandbox="allow-scripts allow-same-origin allow-forms"/)
  assert.match(frame, / referrerpolicy="no-referrer"/)
  assert.match(frame, / title="Sign-out of Shop"/)
})

test('only the owner of a client reads its registered addresses', () => {
  const refused = {
    reason: 'address',
    code: 'invalid_request',
    description: 'No.',
    incident: 'A-B',
    isSignedIn: true,
  } as const
  const developer = {
    sent: 'https://a.example/x',
    registered: 'https://a.example/y',
    settingsHref: '/o/applications/1/',
  }
  assert.doesNotMatch(logoutRefusedPage(context, refused).text, /a\.example/)
  assert.match(logoutRefusedPage(context, { ...refused, developer }).text, /\/o\/applications\/1\//)
})
