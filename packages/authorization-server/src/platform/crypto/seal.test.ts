import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  deriveKey,
  KeyRing,
  longestPayload,
  parseMasterKey,
  type RingKey,
  Sealer,
  seededRandom,
  systemRandom,
} from './index.ts'

const master = parseMasterKey(Buffer.from(seededRandom('master').bytes(32)).toString('hex'))
const key = (id: number, rest: Partial<RingKey> = {}): RingKey => ({
  id,
  salt: seededRandom(`salt ${id}`).bytes(16),
  createdAt: id,
  ...rest,
})
const ring = new KeyRing(master, [key(1)])
const sealer = new Sealer(ring, systemRandom)
const letter = { name: 'letter', prefix: 'lk_le_' }
const payload = seededRandom('payload').bytes(70)

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const envelopes = [
  { name: 'seal', close: 'seal', open: 'open' },
  { name: 'tag', close: 'tag', open: 'untag' },
] as const

for (const { name, close, open } of envelopes) {
  test(`${name}: a payload of any length comes back, and only as it was closed`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (bytes) => {
        const text = sealer[close](letter, bytes)
        assert.match(text, /^lk_le_[A-Za-z0-9_-]+$/)
        assert.deepEqual(Uint8Array.from(sealer[open](letter, text) ?? []), bytes)
      }),
      { numRuns: 200 },
    )
    const longest = new Uint8Array(longestPayload).fill(1)
    assert.deepEqual(Uint8Array.from(sealer[open](letter, sealer[close](letter, longest)) ?? []), longest)
    assert.throws(() => sealer[close](letter, new Uint8Array(longestPayload + 1)), RangeError)
  })

  test(`${name}: no single altered, missing or added character opens`, () => {
    const text = sealer[close](letter, payload)
    for (let at = 0; at < text.length; at += 1) {
      for (const character of `${alphabet[(at * 7) % 64]}${alphabet[(at * 13 + 5) % 64]}+/=.\u0000é`) {
        if (character === text[at]) continue
        const altered = text.slice(0, at) + character + text.slice(at + 1)
        assert.equal(sealer[open](letter, altered), undefined, `position ${at} ${character}`)
      }
      assert.equal(sealer[open](letter, text.slice(0, at) + text.slice(at + 1)), undefined)
      assert.equal(sealer[open](letter, text.slice(0, at)), undefined)
    }
    for (const added of ['A', 'AAAA', '=', '==', '\n', ' ', '.']) {
      assert.equal(sealer[open](letter, text + added), undefined, added)
      assert.equal(sealer[open](letter, added + text), undefined, added)
    }
  })

  test(`${name}: the spare bits of the last character have one spelling (canonical base64url)`, () => {
    // Three lengths: whatever the envelope adds, two of them leave spare bits in the last character.
    for (const length of [50, 51, 52]) {
      const text = sealer[close](letter, payload.subarray(0, length))
      const bytes = Buffer.from(text.slice(letter.prefix.length), 'base64url')
      const spellings = Array.from(alphabet)
        .map((last) => text.slice(0, -1) + last)
        .filter((other) => Buffer.from(other.slice(letter.prefix.length), 'base64url').equals(bytes))
      assert.deepEqual(
        spellings.filter((other) => sealer[open](letter, other) !== undefined),
        [text],
      )
      if (bytes.length % 3 !== 0) assert.ok(spellings.length > 1)
    }
  })

  test(`${name}: another purpose, prefix, ring or envelope does not open it`, () => {
    const text = sealer[close](letter, payload)
    const body = text.slice(letter.prefix.length)
    assert.equal(sealer[open]({ ...letter, name: 'other' }, text), undefined)
    for (const prefix of ['', 'lk_', 'lk_xx_']) {
      assert.equal(sealer[open]({ name: 'letter', prefix }, text), undefined)
      assert.equal(sealer[open]({ name: 'letter', prefix }, prefix + body), undefined)
    }
    assert.equal(sealer[open]({ name: 'letterlk_', prefix: 'le_' }, `le_${body}`), undefined)
    const otherMaster = parseMasterKey(Buffer.from(seededRandom('other').bytes(32)).toString('hex'))
    assert.equal(new Sealer(new KeyRing(otherMaster, [key(1)]), systemRandom)[open](letter, text), undefined)
    const otherSalt = new KeyRing(master, [key(1, { salt: new Uint8Array(16) })])
    assert.equal(new Sealer(otherSalt, systemRandom)[open](letter, text), undefined)
    assert.equal(sealer[open === 'open' ? 'untag' : 'open'](letter, text), undefined)
    assert.ok(sealer[open]({ ...letter }, text))
  })

  test(`${name}: arbitrary text is undefined, never an exception`, () => {
    for (const text of ['', 'lk_le_', 'lk_le_AAAA', `lk_le_${'A'.repeat(30_000)}`, '\u0000', '😀']) {
      assert.equal(sealer[open](letter, text), undefined)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => sealer[open](letter, `lk_le_${text}`) === undefined))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        return sealer[open](letter, `lk_le_${Buffer.from([0, 1, ...bytes]).toString('base64url')}`) === undefined
      }),
    )
  })

  test(`${name}: after a rotation the retired key still opens, seals nothing, and once removed opens nothing`, () => {
    const rotating = new Sealer(ring, systemRandom)
    const old = rotating[close](letter, payload)
    rotating.replaceRing(new KeyRing(master, [key(1, { retiredAt: 9 }), key(2)]))
    const fresh = rotating[close](letter, payload)
    assert.ok(rotating[open](letter, old))
    assert.ok(rotating[open](letter, fresh))
    assert.equal(sealer[open](letter, fresh), undefined)
    assert.equal(Buffer.from(fresh.slice(letter.prefix.length), 'base64url').readUInt16BE(), 2)
    rotating.replaceRing(new KeyRing(master, [key(2)]))
    assert.equal(rotating[open](letter, old), undefined)
    assert.ok(rotating[open](letter, fresh))
  })
}

test('seal: the payload does not show and no two seals are alike', () => {
  const text = sealer.seal(letter, payload)
  assert.notEqual(sealer.seal(letter, payload), text)
  assert.ok(!Buffer.from(text.slice(6), 'base64url').includes(Buffer.from(payload.subarray(0, 8))))
})

test('tag: the same payload gives the same text, with the HMAC-SHA-256 of RFC 2104 over key id and payload', () => {
  const derived = deriveKey(master, 'envelope ["tag","letter","lk_le_"]', key(1).salt)
  for (const length of [0, 1, 60, 100, 493, 494, 495, 512, 2000]) {
    const bytes = seededRandom(length).bytes(length)
    const message = Buffer.concat([Buffer.of(0, 1), bytes])
    const mac = createHmac('sha256', derived).update(message).digest().subarray(0, 16)
    const text = sealer.tag(letter, bytes)
    assert.equal(text, `lk_le_${Buffer.concat([message, mac]).toString('base64url')}`)
    assert.equal(sealer.tag(letter, bytes), text)
  }
})

test('tag: a payload that was handed out does not change with the next one', () => {
  const first = sealer.untag(letter, sealer.tag(letter, payload)) ?? new Uint8Array()
  sealer.untag(letter, sealer.tag(letter, new Uint8Array(70)))
  assert.deepEqual(Uint8Array.from(first), payload)
})

test('a ring needs a usable current key and ids of their own', () => {
  assert.throws(() => new KeyRing(master, []), /no key that is not retired/)
  assert.throws(() => new KeyRing(master, [key(1, { retiredAt: 2 })]), /no key that is not retired/)
  assert.throws(() => new KeyRing(master, [key(1), key(1)]), /same id/)
  for (const id of [0, -1, 65_536, 1.5]) assert.throws(() => new KeyRing(master, [key(id)]), /1 to 65535/)
  assert.throws(() => new KeyRing(master, [key(1, { salt: new Uint8Array(15) })]), /shorter than 16/)
  assert.equal(new KeyRing(master, [key(3), key(65_535, { createdAt: 1 }), key(4, { retiredAt: 5 })]).current.id, 3)
})

test('a ring derives one key per generation and purpose, once', () => {
  const two = new KeyRing(master, [key(1), key(2)])
  assert.equal(two.derived(1, 'cookie'), two.derived(1, 'cookie'))
  const keys = [two.derived(1, 'cookie'), two.derived(2, 'cookie'), two.derived(1, 'other')]
  assert.equal(new Set(keys.map((derived) => derived?.export().toString('hex'))).size, 3)
  assert.equal(two.derived(3, 'cookie'), undefined)
})
