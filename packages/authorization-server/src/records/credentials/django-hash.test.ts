import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isKnownHash, verifyDjangoHash } from './django-hash.ts'

const plain = 'testpass123'
const accented = 'pässwörd–✓'

// Made by Django itself.
const vectors: readonly (readonly [password: string, encoded: string])[] = [
  [plain, 'pbkdf2_sha256$1000$seasalt123456789012345$KyF889e8Vlj/VV+fll1bgsuXxAIWwLd/PHdQJD4A2xU='],
  [plain, 'pbkdf2_sha1$1000$seasalt$1uaXGRMCEBZpc8jhuvinEpdnSPw='],
  [plain, 'argon2$argon2id$v=19$m=1024,t=2,p=8$c2Vhc2FsdHNlYXNhbHQxMg$ZTvHEdB5sc2lj+vlUOzRtHH+yIZHdDc2lhaqQc7ehNk'],
  [plain, 'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuUhpG8ciNRT9ZKbfrwNySqTdCcIcyUP6'],
  [plain, 'bcrypt$$2b$04$abcdefghijklmnopqrstuuREh1/hw5XuTS6NG80R7PTwM3oyXSi0i'],
  [
    plain,
    'scrypt$16384$seasalt$8$5$4uvanlhRby4s3hDxVttb9ptmxtwo/q1x337XZ+/vmhtiyHBZg0VCMN3fPtuUZRZvJixVJ/XdVKdL8PSmOXoIVQ==',
  ],
  [plain, 'md5$seasalt$6f52bbfe10539998c2fd759dc82b641e'],
  [plain, 'sha1$seasalt$344131f3ab14146f786cc5e0bea1fdb7319cc949'],
  [plain, 'cd8ae748d23722682cc20ad62e7cb6e9'],
  [plain, 'md5$$cd8ae748d23722682cc20ad62e7cb6e9'],
  [plain, 'sha1$$1c58bd92003bbaa0538e249fff6ee19a270dec5f'],
  [accented, 'pbkdf2_sha256$1000$seasalt123456789012345$NyiN9ENkcdz9RFHJWeL59eM+RW6WHPnQ9rI3WS1ciOE='],
  [accented, 'pbkdf2_sha1$1000$seasalt$+38v4BE308U1p3XwsDRz7kg4YHg='],
  [accented, 'argon2$argon2id$v=19$m=1024,t=2,p=8$c2Vhc2FsdHNlYXNhbHQxMg$5+Gvqg0SrLU1Bt5EZ6Ekoegl3iijZq8y2biAz+BY720'],
  [accented, 'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuCd6q3FeNzkfsNnJN2jP5I0VGsyUy.Ty'],
  [accented, 'bcrypt$$2b$04$abcdefghijklmnopqrstuuq4vMspfvfEcTqBcSjHFoFnl03aGwSGu'],
  [
    accented,
    'scrypt$16384$seasalt$8$5$0uqDRvURyFD4wD2y8Yhy21PXBtYSNoloPWWMacgHO5VI12jxt+Ku6K1nKDKbDnzFUrE7tNhayCyn9C1+jlNJXw==',
  ],
  [accented, 'md5$seasalt$d299bb640a70f7742ece13c14e1bf34b'],
]

for (const [password, encoded] of vectors) {
  const form = encoded.includes('$') ? encoded.slice(0, encoded.indexOf('$') + 2) : 'unsalted md5'
  test(`a Django hash ${form} matches ${password} and nothing else`, async () => {
    assert.equal(isKnownHash(encoded), true)
    assert.equal(await verifyDjangoHash(encoded, password), true)
    assert.equal(await verifyDjangoHash(encoded, `${password}x`), false)
    assert.equal(await verifyDjangoHash(encoded, ''), false)
    assert.equal(await verifyDjangoHash(encoded, password.normalize('NFD').toUpperCase()), false)
  })
}

test('an unusable, empty, unknown or damaged hash matches nothing and is not known', async () => {
  const hashes = [
    '',
    '!',
    '!8jdgo2E2r3W7Zo0133Q7r0RFfGMdP1nuYvlVV2ob',
    'pbkdf2_wrapped_sha1$1000$salt$1uaXGRMCEBZpc8jhuvinEpdnSPw=',
    'pbkdf2_sha256$1000$seasalt123456789012345$',
    'pbkdf2_sha256$0$seasalt123456789012345$KyF889e8Vlj/VV+fll1bgsuXxAIWwLd/PHdQJD4A2xU=',
    'pbkdf2_sha256$1000$$KyF889e8Vlj/VV+fll1bgsuXxAIWwLd/PHdQJD4A2xU=',
    'argon2$argon2id$v=19$m=1024,t=2,p=8$c2Vhc2FsdHNlYXNhbHQxMg',
    'bcrypt$$2b$04$short',
    'scrypt$16385$seasalt$8$5$4uvanlhRby4s3hDxVttb9ptmxtwo/q1x337XZ+/vmhtiyHBZg0VCMN3fPtuUZRZvJixVJ/XdVKdL8PSmOXoIVQ==',
    'md5$seasalt$6f52',
    '__proto__$a$b',
    plain,
  ]
  for (const encoded of hashes) {
    assert.equal(isKnownHash(encoded), false, encoded)
    assert.equal(await verifyDjangoHash(encoded, plain), false, encoded)
    assert.equal(await verifyDjangoHash(encoded, encoded), false, encoded)
  }
})

test('a hostile hash that would take all memory or time is not computed', async () => {
  const sum = '4uvanlhRby4s3hDxVttb9ptmxtwo/q1x337XZ+/vmhtiyHBZg0VCMN3fPtuUZRZvJixVJ/XdVKdL8PSmOXoIVQ=='
  const hashes = [
    'pbkdf2_sha256$99999999$seasalt123456789012345$KyF889e8Vlj/VV+fll1bgsuXxAIWwLd/PHdQJD4A2xU=',
    'argon2$argon2id$v=19$m=4194304,t=2,p=8$c2Vhc2FsdHNlYXNhbHQxMg$ZTvHEdB5sc2lj+vlUOzRtHH+yIZHdDc2lhaqQc7ehNk',
    'bcrypt$$2b$31$abcdefghijklmnopqrstuuREh1/hw5XuTS6NG80R7PTwM3oyXSi0i',
    `scrypt$1073741824$seasalt$8$1$${sum}`,
    `scrypt$16384$seasalt$8$9999$${sum}`,
  ]
  for (const encoded of hashes) assert.equal(await verifyDjangoHash(encoded, plain), false, encoded)
})

test('a password above the longest length does not match even its own hash', async () => {
  const long = 'a'.repeat(129)
  // md5('a' × 129)
  const { hash } = await import('node:crypto')
  assert.equal(await verifyDjangoHash(hash('md5', long), long), false)
  assert.equal(await verifyDjangoHash(hash('md5', long.slice(1)), long.slice(1)), true)
})
