// The pages that need nobody signed in, in every state worth looking at; the content is long, short, hostile or missing on
// purpose. gallery-own-states.ts adds the pages of a signed-in person.
import {
  errorPage,
  type Html,
  jsonPage,
  type PageContext,
} from '../packages/authorization-server/src/platform/html/index.ts'
import { authorizeErrorPage } from '../packages/authorization-server/src/features/authorization/error-page.ts'
import { consentPage } from '../packages/authorization-server/src/features/authorization/page.ts'
import { homePage } from '../packages/authorization-server/src/features/home/page.ts'
import { signInPage } from '../packages/authorization-server/src/features/login/page.ts'
import {
  logoutRefusedPage,
  signedOutPage,
  signOutPage,
} from '../packages/authorization-server/src/features/logout/page.ts'
import {
  passwordLinkDonePage,
  passwordLinkPage,
  passwordLinkSpentPage,
} from '../packages/authorization-server/src/features/password-link/page.ts'
import { setupPage, setupSpentPage } from '../packages/authorization-server/src/features/setup/page.ts'
import { signUpPage } from '../packages/authorization-server/src/features/signup/page.ts'

export interface GalleryState {
  readonly name: string
  render(context: PageContext): Html
}

const policy = { minimumLength: 8, maximumLength: 128, rules: ['not-similar', 'not-common', 'not-numeric'] } as const
const demoUsers = [
  { identifier: 'admin@email.com', password: 'testpass123' },
  { identifier: 'alice@example.com', password: 'correct-horse-battery' },
]
const shop = { name: 'Shop', host: 'shop.example' }

/** Nobody is signed in on these pages. */
function anonymous(context: PageContext): PageContext {
  return { ...context, user: undefined }
}

const signingIn: readonly GalleryState[] = [
  {
    name: 'sign-in',
    render: (c) => signInPage(anonymous({ ...c, development: false }), { signUpHref: '/accounts/signup/' }),
  },
  {
    name: 'sign-in-app-demo',
    render: (c) =>
      signInPage(anonymous(c), {
        next: '/o/authorize/?x=1',
        application: shop,
        signUpHref: '/accounts/signup/',
        demoUsers,
      }),
  },
  {
    name: 'sign-in-refused',
    render: (c) =>
      signInPage(anonymous({ ...c, development: false }), {
        identifier: 'alice@example.com',
        application: {
          name: '"><svg onload=alert(1)> Very Long Application Name GmbH & Co. KG',
          host: 'a-long-host-name.department.example.org:8443',
        },
        problem: { kind: 'refused' },
      }),
  },
  {
    name: 'sign-in-throttled',
    render: (c) =>
      signInPage(anonymous({ ...c, development: false }), {
        identifier: 'alice',
        problem: { kind: 'throttled', retryAfterSeconds: 40 },
      }),
  },
  {
    name: 'sign-up',
    render: (c) => signUpPage(anonymous({ ...c, development: false }), { policy, signInHref: '/accounts/login/' }),
  },
  {
    name: 'sign-up-errors',
    render: (c) =>
      signUpPage(anonymous(c), {
        policy,
        application: shop,
        signInHref: '/accounts/login/',
        email: 'alice@',
        username: 'alice smith',
        errors: {
          email: ['Enter a valid email address.'],
          password: [
            'This password is too short. It must contain at least 8 characters.',
            'This password is too common.',
          ],
        },
      }),
  },
  {
    name: 'sign-out',
    render: (c) =>
      signOutPage(c, {
        name: 'alice@example.com',
        askedBy: { name: 'Shop', meansOther: false },
        applications: ['Shop', 'Wiki'],
      }),
  },
  {
    name: 'signed-out',
    render: (c) =>
      signedOutPage(anonymous(c), {
        signInHref: '/accounts/login/',
        back: { name: 'Shop', href: 'https://shop.example/', isAutomatic: false },
      }),
  },
  {
    name: 'sign-out-refused',
    render: (c) =>
      logoutRefusedPage(c, {
        reason: 'address',
        code: 'invalid_request',
        description: 'The post_logout_redirect_uri is not registered.',
        incident: 'K7Q2-9XFM',
        isSignedIn: true,
        developer: {
          sent: 'https://shop.example:3001/bye',
          registered: 'https://shop.example:3000/bye',
          settingsHref: '/o/applications/1/',
        },
      }),
  },
  {
    name: 'setup',
    render: (c) => setupPage(anonymous({ ...c, development: false }), { action: '/setup/', token: 'once', policy }),
  },
  {
    name: 'password-link',
    render: (c) =>
      passwordLinkPage(anonymous(c), {
        action: '/accounts/password-link/',
        token: 'once',
        identifier: 'alice@example.com',
        errors: { password: ['This password is too common.'] },
        policy,
      }),
  },
  { name: 'password-link-done', render: (c) => passwordLinkDonePage(anonymous(c)) },
  { name: 'password-link-spent', render: (c) => passwordLinkSpentPage(anonymous(c)) },
  { name: 'setup-spent', render: (c) => setupSpentPage(anonymous({ ...c, development: false })) },
]

const redirect = {
  host: 'printer.example',
  uri: 'https://printer.example/accounts/latchkey/login/callback/',
  isLoopback: false,
}
const consent = {
  applicationName: 'Photo Printer',
  redirect,
  signedInAs: 'alice@example.com',
  transaction: 't1',
  restart: '/o/authorize/?again',
}

const authorizing: readonly GalleryState[] = [
  {
    name: 'consent',
    render: (c) =>
      consentPage(
        { ...c, development: false },
        {
          ...consent,
          scopes: [
            { scope: 'profile', description: 'your name and username', effect: 'see' },
            { scope: 'email', description: 'your email address', effect: 'see' },
            { scope: 'read', description: 'your items', effect: 'see' },
            { scope: 'write', description: 'add, change and remove your items', effect: 'change', isNew: true },
          ],
        },
      ),
  },
  {
    name: 'consent-loopback',
    render: (c) =>
      consentPage(c, {
        ...consent,
        scopes: [],
        redirect: {
          host: 'localhost:9988',
          uri: 'http://localhost:9988/accounts/customprovider/login/callback/',
          isLoopback: true,
        },
      }),
  },
  {
    name: 'authorize-error',
    render: (c) =>
      authorizeErrorPage(anonymous({ ...c, development: false }), {
        kind: 'redirect-mismatch',
        code: 'invalid_request',
        description: 'Mismatching redirect URI.',
        incident: 'k7Qm-29xT',
      }),
  },
  {
    name: 'authorize-error-developer',
    render: (c) =>
      authorizeErrorPage(c, {
        kind: 'redirect-mismatch',
        code: 'invalid_request',
        description: 'Mismatching redirect URI.',
        incident: 'k7Qm-29xT',
        developer: {
          rule: 'The redirect URI must equal a registered one, character by character.',
          clause: 'RFC 9700 §4.1.3',
          sent: 'http://localhost:3001/callback',
          registered: 'http://localhost:3000/callback',
          difference: 'The port differs: 3001 was sent, 3000 is registered.',
          fix: {
            action: '/o/applications/1/add-redirect-uri/',
            csrf: 'x',
            label: 'Add the sent URI to the registration',
          },
        },
      }),
  },
]

const errors: readonly GalleryState[] = [
  { name: 'error-404', render: (c) => errorPage(c, { kind: 'not-found' }) },
  {
    name: 'error-429',
    render: (c) => errorPage(anonymous(c), { kind: 'too-many-requests', retryAfterSeconds: 40, incident: 'k7Qm-29xT' }),
  },
  {
    name: 'error-500',
    render: (c) => errorPage(anonymous({ ...c, development: false }), { kind: 'server-error', incident: 'k7Qm-29xT' }),
  },
  {
    name: 'error-form',
    render: (c) => errorPage(anonymous(c), { kind: 'form-expired', retryHref: '/accounts/login/' }),
  },
]

const start: readonly GalleryState[] = [
  {
    name: 'home',
    render: (c) =>
      homePage(anonymous({ ...c, development: false }), {
        discoveryHref: '/.well-known/openid-configuration',
        signUpHref: '/accounts/signup/',
      }),
  },
  {
    name: 'home-demo',
    render: (c) =>
      homePage(anonymous(c), {
        discoveryHref: '/.well-known/openid-configuration',
        signUpHref: '/accounts/signup/',
        demo: {
          users: [
            { identifier: 'admin@email.com', password: 'testpass123', note: 'superuser, member of group1' },
            { identifier: 'alice@example.com', password: 'correct-horse-battery', note: 'username alice' },
          ],
          clients: [
            {
              clientId: 'clientId',
              clientSecret: 'clientSecret',
              grants: ['password', 'refresh_token'],
              scopes: ['read', 'write'],
              redirectUris: [],
            },
            {
              clientId: 'web',
              clientSecret: 'web-secret',
              grants: ['authorization_code', 'refresh_token', 'client_credentials'],
              scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
              redirectUris: ['http://localhost:9999/callback'],
            },
            {
              clientId: 'spa',
              grants: ['authorization_code'],
              scopes: ['openid'],
              redirectUris: ['http://localhost:9999/callback'],
            },
          ],
          addresses: [
            { href: 'http://localhost:8000/o/token/', purpose: 'token endpoint' },
            { href: 'http://localhost:8000/o/applications/', purpose: 'applications' },
          ],
          firstToken: `curl -u clientId:clientSecret \\\n  -d grant_type=password -d username=admin@email.com -d password=testpass123 \\\n  http://localhost:8000/o/token/`,
        },
      }),
  },
  {
    name: 'json',
    render: (c) =>
      jsonPage(c, {
        title: 'User profile',
        method: 'GET',
        path: '/user/profile/',
        status: 200,
        reason: 'OK',
        allowedMethods: ['GET', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'],
        headers: { 'content-type': 'application/json' },
        value: { id: 1, username: '</code><script>alert(1)</script>', email: 'admin@email.com', groups: ['group1'] },
      }),
  },
]

export const anonymousStates: readonly GalleryState[] = [...signingIn, ...authorizing, ...errors, ...start]
