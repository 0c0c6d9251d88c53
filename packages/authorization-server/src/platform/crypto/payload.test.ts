import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { PayloadFault, PayloadReader, PayloadWriter, readPayload } from './index.ts'

const full = new PayloadWriter()
  .u8(255)
  .u16(65_535)
  .u32(4_294_967_295)
  .instant(1_800_000_000_123)
  .bytes(Uint8Array.of(9, 8, 7))
  .text('pässwörd–✓')
  .finish()

function readFull(reader: PayloadReader): unknown {
  return [reader.u8(), reader.u16(), reader.u32(), reader.instant(), [...reader.bytes(3)], reader.text()]
}

test('what was written is read back', () => {
  const expected = [255, 65_535, 4_294_967_295, 1_800_000_000_123, [9, 8, 7], 'pässwörd–✓']
  assert.deepEqual(readPayload(full, readFull), expected)
  assert.deepEqual(readPayload(Uint8Array.from(full), readFull), expected)
})

test('numbers are big-endian and an instant takes 6 bytes', () => {
  const bytes = new PayloadWriter().u16(1).u32(2).instant(3).text('a').finish()
  assert.equal(Buffer.from(bytes).toString('hex'), '000100000002000000000003000161')
})

test('a payload cut anywhere or with a byte too many is refused', () => {
  for (let length = 0; length < full.length; length += 1) {
    assert.equal(readPayload(full.subarray(0, length), readFull), undefined, `cut to ${length} bytes`)
  }
  assert.equal(readPayload(Buffer.concat([full, Buffer.of(0)]), readFull), undefined)
  assert.throws(() => new PayloadReader(full.subarray(0, 3)).u32(), PayloadFault)
  assert.throws(() => new PayloadReader(full).finish(), PayloadFault)
})

test('a payload grows as far as it is written', () => {
  const values = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.uint8Array({ maxLength: 300 })))
  fc.assert(
    fc.property(values, (written) => {
      const writer = new PayloadWriter()
      for (const value of written) {
        if (typeof value === 'string') writer.text(value)
        else writer.bytes(value)
      }
      const read = readPayload(writer.finish(), (reader) =>
        written.map((value) =>
          typeof value === 'string' ? reader.text() : Uint8Array.from(reader.bytes(value.length)),
        ),
      )
      assert.deepEqual(read, written)
    }),
    { numRuns: 200 },
  )
})

test('a number that does not fit, and a fault of the reading code, are thrown', () => {
  assert.throws(() => new PayloadWriter().u8(256), RangeError)
  assert.throws(() => new PayloadWriter().u16(-1), RangeError)
  assert.throws(() => new PayloadWriter().instant(2 ** 48), RangeError)
  assert.throws(() => new PayloadWriter().text('x'.repeat(65_536)), RangeError)
  assert.throws(
    () =>
      readPayload(full, () => {
        throw new TypeError('mine')
      }),
    /mine/,
  )
})
