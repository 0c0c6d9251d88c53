import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formattedAddress, noPersonalClaims, type PersonalClaims, withPhoneProof } from './personal-claims.ts'
import { changedDetails, decideDetails, type TypedDetails, typedFrom } from './personal-details.ts'
import { timeZones } from './time-zones.ts'

const today = '2026-11-22'
const nothing = typedFrom(noPersonalClaims)

function kept(typed: Partial<TypedDetails>): PersonalClaims | string {
  const decision = decideDetails({ ...nothing, ...typed }, today)
  return decision.kind === 'keep' ? decision.claims : Object.keys(decision.errors).join(' ')
}

test('nothing typed is nothing told', () => {
  assert.deepEqual(kept({}), {})
})

test('everything typed is kept under the names of the claims (OpenID Connect Core §5.1)', () => {
  const typed: TypedDetails = {
    middle_name: 'Pleasance',
    nickname: 'Al',
    profile: 'https://social.example/@alice',
    picture: 'https://social.example/alice.png',
    website: 'https://alice.example/',
    gender: 'female',
    birthdate: '1852-05-04',
    zoneinfo: 'Europe/London',
    locale: 'en-GB',
    phone_number: '+442079460958',
    street_address: '1 Deanery\nChrist Church',
    locality: 'Oxford',
    region: 'Oxfordshire',
    postal_code: 'OX1 1DP',
    country: 'United Kingdom',
  }
  const { street_address, locality, region, postal_code, country, ...texts } = typed
  assert.deepEqual(kept(typed), { ...texts, address: { street_address, locality, region, postal_code, country } })
  assert.deepEqual(typedFrom(kept(typed) as PersonalClaims), typed)
})

test('a date of birth is a day that was, a year alone, or a day without a year (ISO 8601-1 §5.2.2)', () => {
  for (const good of ['1990-12-31', '1990', '0000-12-31', '2024-02-29', '0000-02-29', '2026-11-22']) {
    assert.deepEqual(kept({ birthdate: good }), { birthdate: good })
  }
  for (const bad of [
    '31.12.1990',
    '1990-13-01',
    '1990-02-30',
    '2023-02-29',
    '2026-11-23',
    '2027',
    '90',
    '1990-1-1',
    '0000',
    'x',
  ]) {
    assert.equal(kept({ birthdate: bad }), 'birthdate', bad)
  }
})

test('a phone number is kept as E.164, however its digits were grouped', () => {
  for (const [typed, stored] of [
    ['+1 (425) 555-1212', '+14255551212'],
    ['+49 170 1234567', '+491701234567'],
    ['0044 20 7946 0958', '+442079460958'],
    ['+1 (604) 555-1234;ext=5678', '+16045551234;ext=5678'],
    ['+1 604 555 1234 ext. 5678', '+16045551234;ext=5678'],
    ['+1 604.555.1234 x12', '+16045551234;ext=12'],
  ] as const) {
    assert.deepEqual(kept({ phone_number: typed }), { phone_number: stored })
  }
  for (const bad of [
    '555-1212',
    '+0 123 456 789',
    '+1 call me',
    '+123',
    `+${'1'.repeat(16)}`,
    '+1425555<b>',
    '+44;ext=',
  ]) {
    assert.equal(kept({ phone_number: bad }), 'phone_number', bad)
  }
})

test('an address of the web is one that an app may show as a link', () => {
  assert.deepEqual(kept({ website: 'https://Alice.example' }), { website: 'https://alice.example/' })
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    'alice.example',
    '//alice.example',
    'https://',
    'https://a b',
    'https://user:pass@alice.example/',
    'https:\\\\alice.example',
    'https://alice.example/\u0001',
    `https://alice.example/${'x'.repeat(2_048)}`,
  ]) {
    for (const name of ['website', 'profile', 'picture'] as const) assert.equal(kept({ [name]: bad }), name, bad)
  }
})

test('languages and time zones are those that programs know', () => {
  assert.deepEqual(kept({ locale: 'EN_gb' }), { locale: 'en-GB' })
  for (const bad of ['english please', 'x', '-', 'e', 'en--GB']) assert.equal(kept({ locale: bad }), 'locale', bad)
  for (const bad of ['Mars/Olympus', 'CET+1', '../etc/passwd']) assert.equal(kept({ zoneinfo: bad }), 'zoneinfo', bad)
  for (const good of ['UTC', 'Europe/Kyiv', 'Asia/Kolkata', 'America/New_York']) {
    assert.deepEqual(kept({ zoneinfo: good }), { zoneinfo: good })
  }
  for (const zone of timeZones) assert.doesNotThrow(() => new Intl.DateTimeFormat('en', { timeZone: zone }), zone)
})

test('text is one line of bounded length, a street at most five', () => {
  const names = ['middle_name', 'nickname', 'gender', 'locality', 'region', 'postal_code', 'country'] as const
  for (const name of names) {
    assert.equal(kept({ [name]: 'x'.repeat(151) }), name)
    assert.equal(kept({ [name]: 'a\nb' }), name)
  }
  assert.deepEqual(kept({ street_address: ' 1 High St \r\n\r\n Flat 2 ' }), {
    address: { street_address: '1 High St\nFlat 2' },
  })
  assert.equal(kept({ street_address: 'a\nb\nc\nd\ne\nf' }), 'street_address')
  assert.equal(kept({ street_address: 'x'.repeat(301) }), 'street_address')
})

test('all that is wrong is said at once', () => {
  assert.equal(kept({ birthdate: 'x', phone_number: 'x', website: 'x' }), 'website birthdate phone_number')
})

test('a phone number is unverified until somebody verified it, and again when it changed', () => {
  const proven = { phone_number: '+14255551212', phone_number_verified: true }
  assert.deepEqual(withPhoneProof(noPersonalClaims, { phone_number: '+1' }), {
    phone_number: '+1',
    phone_number_verified: false,
  })
  assert.deepEqual(withPhoneProof(proven, { phone_number: '+14255551212', nickname: 'x' }), {
    ...proven,
    nickname: 'x',
  })
  assert.equal(withPhoneProof(proven, { phone_number: '+14255551213' }).phone_number_verified, false)
  assert.deepEqual(withPhoneProof(proven, {}), {})
  assert.deepEqual(withPhoneProof(proven, { phone_number_verified: true }), {})
})

test('an address is written as on a letter', () => {
  const address = { street_address: '1 Deanery\nChrist Church', locality: 'Oxford', postal_code: 'OX1', country: 'UK' }
  assert.equal(formattedAddress(address), '1 Deanery\nChrist Church\nOX1 Oxford\nUK')
  assert.equal(formattedAddress({ country: 'UK' }), 'UK')
  assert.equal(formattedAddress({}), undefined)
})

test('what changed is named, never with its value', () => {
  const before = { nickname: 'Al', address: { country: 'UK' } }
  assert.deepEqual(changedDetails(before, { nickname: 'Alice', address: { country: 'UK', locality: 'Oxford' } }), [
    'nickname',
    'locality',
  ])
  assert.deepEqual(changedDetails(before, before), [])
})
