// The pages of a signed-in person in every state worth looking at: account, access, applications.
import * as access from '../packages/authorization-server/src/features/account/access-page.ts'
import { detailsPage } from '../packages/authorization-server/src/features/account/details-page.ts'
import * as account from '../packages/authorization-server/src/features/account/page.ts'
import {
  type ApplicationPage,
  applicationPage,
} from '../packages/authorization-server/src/features/applications/detail-page.ts'
import {
  applicationFormPage,
  type ApplicationValues,
} from '../packages/authorization-server/src/features/applications/form-page.ts'
import {
  applicationDeletePage,
  applicationsPage,
} from '../packages/authorization-server/src/features/applications/page.ts'
import { timeZones, typedFrom } from '../packages/authorization-server/src/records/users/index.ts'
import type { GalleryState } from './gallery-states.ts'

const now = Date.UTC(2026, 10, 21, 22, 47)
const hour = 3_600_000
const day = 24 * hour
const policy = { minimumLength: 8, maximumLength: 128, rules: ['not-similar', 'not-common', 'not-numeric'] } as const

const sessions = [
  {
    id: 's1',
    device: 'Firefox on Linux',
    address: '192.0.2.7',
    startedAt: now - 3 * day,
    lastSeenAt: now - 20_000,
    isCurrent: true,
  },
  {
    id: 's2',
    device: 'Safari on iPhone',
    address: '2001:db8:85a3::8a2e:370:7334',
    startedAt: now - 9 * day,
    lastSeenAt: now - 5 * hour,
    isCurrent: false,
  },
]
const apps = [
  {
    id: 'c1',
    name: 'Shop',
    access: ['your name and username', 'your email address'],
    since: now - 40 * day,
    lastUsed: now - 2 * hour,
  },
  { id: 'c2', name: 'Photo Printer', access: [], since: now - 3 * day },
]
const tokens = [
  {
    id: 'g1',
    applicationName: 'Shop',
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    issuedAt: now - 4 * day,
    lastRefreshedAt: now - hour,
  },
  { id: 'g2', applicationName: 'clientId', scopes: ['read', 'write'], issuedAt: now - hour },
]
const values = { firstName: 'Alice', lastName: 'Smith', username: 'alice', email: 'alice@example.com' }

const ownPages: readonly GalleryState[] = [
  {
    name: 'account',
    render: (c) =>
      account.accountOverviewPage(c, {
        fullName: 'Alice Smith',
        username: 'alice',
        email: 'alice@example.com',
        groups: ['group1'],
        createdAt: now - 90 * day,
        passwordChangedAt: now - 12 * day,
        connectedApps: 2,
        sessions: 1,
        notice: 'password-changed',
      }),
  },
  { name: 'profile', render: (c) => account.profilePage({ ...c, development: false }, { values }) },
  {
    name: 'profile-errors',
    render: (c) =>
      account.profilePage(c, {
        values,
        errors: { username: ['This username is taken.'], password: ['To change the email, give your password.'] },
      }),
  },
  {
    name: 'password',
    render: (c) =>
      account.passwordPage(c, {
        identifier: 'alice@example.com',
        policy,
        errors: { old_password: ['That is not your current password.'] },
      }),
  },
  { name: 'apps', render: (c) => access.connectedAppsPage(c, { apps, now, notice: 'app-removed' }) },
  { name: 'apps-empty', render: (c) => access.connectedAppsPage(c, { apps: [], now }) },
  { name: 'sessions', render: (c) => access.sessionsPage(c, { sessions, now }) },
  { name: 'tokens', render: (c) => access.authorizedTokensPage(c, { tokens, now }) },
  {
    name: 'token-revoke',
    render: (c) =>
      access.authorizedTokenRevokePage(c, { id: 'g1', applicationName: 'Shop', scopes: ['openid', 'profile'] }),
  },
]

const o = 'http://localhost:8000/o'
const endpoints = {
  issuer: o,
  discovery: `${o}/.well-known/openid-configuration`,
  authorization: `${o}/authorize/`,
  token: `${o}/token/`,
  userinfo: `${o}/userinfo/`,
  introspection: `${o}/introspect/`,
  revocation: `${o}/revoke_token/`,
  jwks: `${o}/.well-known/jwks.json`,
}
const application: ApplicationPage = {
  id: '7',
  name: 'Shop',
  clientId: 'Zt4yQwK9rVbN2mXc7LpHs3Gd',
  clientType: 'confidential',
  createdAt: now - 40 * day,
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: ['https://shop.example/callback', 'http://localhost:3000/callback'],
  postLogoutRedirectUris: ['https://shop.example/'],
  allowedOrigins: [],
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  pkceRequired: true,
  consent: 'ask',
  algorithm: 'ES256',
  accessTokenLifetimeSeconds: 600,
  refreshTokenLifetimeSeconds: 86_400,
  introspection: 'own',
  secrets: [
    { id: 'x2', lastFour: 'k9Qz', createdAt: now - 20_000 },
    { id: 'x1', lastFour: 'pM3e', createdAt: now - 40 * day, lastUsedAt: now - 2 * hour },
  ],
  endpoints,
  refusals: [
    {
      at: now - 9 * 60_000,
      incident: 'k7Qm-29xT',
      rule: 'The redirect URI must equal a registered one.',
      clause: 'RFC 9700 §4.1.3',
      sent: 'http://localhost:3001/callback',
      registered: 'http://localhost:3000/callback',
      difference: 'the port differs',
      fix: { action: '/o/applications/7/add-redirect-uri/', label: 'Add the sent URI' },
    },
    { at: now - 2 * day, incident: 'pp31-0aZc', rule: 'The code had been used already.', clause: 'RFC 6749 §4.1.2' },
  ],
  now,
}
const formValues: ApplicationValues = {
  name: '',
  clientId: 'Zt4yQwK9rVbN2mXc7LpHs3Gd',
  clientSecret: 'lk_secret_d2hhdCBhIGxvdmVseSBkYXkgdG8gcmVhZCBiYXNlNjQ',
  clientType: 'confidential',
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: '',
  postLogoutRedirectUris: '',
  allowedOrigins: '',
  scopes: ['openid', 'profile'],
  pkceRequired: true,
  consent: 'ask',
  algorithm: 'RS256',
  accessTokenLifetime: '600',
  refreshTokenLifetime: '86400',
  introspection: 'none',
  refreshGrace: '10',
  refreshEndsAccessTokens: false,
}
const scopesOffered = [
  { scope: 'openid', description: 'sign in' },
  { scope: 'profile', description: 'name and username' },
  { scope: 'email', description: 'email address' },
  { scope: 'read', description: 'see items' },
]

const deliveries: ApplicationPage['deliveries'] = [
  { endedAt: now - 20_000, state: 'waiting', attempts: 1, outcome: 'timeout', nextAt: now + 40_000 },
  { endedAt: now - hour, state: 'delivered', attempts: 1, outcome: '200', nextAt: undefined },
  { endedAt: now - 5 * hour, state: 'refused', attempts: 1, outcome: '400', nextAt: undefined },
  { endedAt: now - 2 * day, state: 'given-up', attempts: 8, outcome: '503', nextAt: undefined },
]

const details = typedFrom({
  nickname: 'Al',
  birthdate: '1990-12-31',
  locale: 'en-GB',
  zoneinfo: 'Europe/London',
  website: 'https://alice.example/',
  phone_number: '+442079460958',
  address: { street_address: '1 Deanery\nChrist Church', locality: 'Oxford', postal_code: 'OX1 1DP' },
})

const applications: readonly GalleryState[] = [
  {
    name: 'details',
    render: (c) => detailsPage(c, { values: details, timeZones, isPhoneProven: true, notice: 'details-saved' }),
  },
  {
    name: 'details-errors',
    render: (c) =>
      detailsPage(c, {
        values: { ...details, birthdate: '31.12.1990', phone_number: '12' },
        timeZones,
        isPhoneProven: false,
        errors: {
          birthdate: ['Enter the date as year-month-day, such as 1990-12-31, or the year alone.'],
          phone_number: ['Enter the number with its country code, such as +44 20 7946 0958.'],
        },
      }),
  },
  {
    name: 'applications',
    render: (c) =>
      applicationsPage(c, {
        applications: [
          { ...application },
          { ...application, id: '8', name: 'Single-page demo', clientId: 'spa', clientType: 'public' },
        ],
      }),
  },
  { name: 'applications-empty', render: (c) => applicationsPage(c, { applications: [], notice: 'deleted' }) },
  { name: 'application', render: (c) => applicationPage({ ...c, development: false }, application) },
  { name: 'application-logouts', render: (c) => applicationPage(c, { ...application, deliveries, refusals: [] }) },
  {
    name: 'application-new',
    render: (c) =>
      applicationPage(c, { ...application, notice: 'registered', newSecret: formValues.clientSecret, refusals: [] }),
  },
  {
    name: 'application-register',
    render: (c) =>
      applicationFormPage(c, { mode: { kind: 'register' }, values: formValues, scopesOffered, mayTrust: true }),
  },
  {
    name: 'application-update-errors',
    render: (c) =>
      applicationFormPage(c, {
        mode: { kind: 'update', id: '7', name: 'Shop' },
        values: { ...formValues, name: 'Shop', redirectUris: 'https://shop.example/callback#top', refreshGrace: 'ten' },
        scopesOffered,
        mayTrust: false,
        errors: {
          redirect_uris: ['redirect uri URI Validation error. fragment not allowed: https://shop.example/callback#top'],
          refresh_grace: ['Enter a whole number.'],
        },
      }),
  },
  {
    name: 'application-delete',
    render: (c) =>
      applicationDeletePage(c, { id: '7', name: 'Shop', clientId: 'Zt4yQwK9rVbN2mXc7LpHs3Gd', people: 12, grants: 1 }),
  },
]

export const ownStates: readonly GalleryState[] = [...ownPages, ...applications]
