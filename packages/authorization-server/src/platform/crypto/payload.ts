// Decides how small values are laid out in bytes inside an envelope: big-endian numbers, instants in 6 bytes
// (milliseconds until the year 10889), text with its length before it.

import type { Instant } from '../time/index.ts'
import { asBuffer } from './base64url.ts'

const initialLength = 128

/** Writes values one after another into a binary payload. */
export class PayloadWriter {
  #buffer: Buffer = Buffer.allocUnsafe(initialLength)
  #length = 0

  u8(value: number): this {
    const at = this.#claim(1)
    this.#buffer.writeUInt8(value, at)
    return this
  }

  u16(value: number): this {
    const at = this.#claim(2)
    this.#buffer.writeUInt16BE(value, at)
    return this
  }

  u32(value: number): this {
    const at = this.#claim(4)
    this.#buffer.writeUInt32BE(value, at)
    return this
  }

  /** Six bytes: whole milliseconds since the epoch. */
  instant(value: Instant): this {
    const at = this.#claim(6)
    this.#buffer.writeUIntBE(value, at, 6)
    return this
  }

  /** Bytes whose length the reader knows. */
  bytes(value: Uint8Array): this {
    const at = this.#claim(value.length)
    this.#buffer.set(value, at)
    return this
  }

  /** Text in UTF-8 after its length in bytes (two bytes). */
  text(value: string): this {
    const length = Buffer.byteLength(value)
    this.u16(length)
    const at = this.#claim(length)
    this.#buffer.write(value, at, length)
    return this
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  #claim(length: number): number {
    const at = this.#length
    this.#length += length
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * this.#length)
      larger.set(this.#buffer.subarray(0, at))
      this.#buffer = larger
    }
    return at
  }
}

/** A payload that ends too early or too late. */
export class PayloadFault extends Error {
  override name = 'PayloadFault'
}

/** Reads back what a {@link PayloadWriter} wrote; every method throws {@link PayloadFault} when the bytes run out. */
export class PayloadReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(payload: Uint8Array) {
    this.#buffer = asBuffer(payload)
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#take(1))
  }

  u16(): number {
    return this.#buffer.readUInt16BE(this.#take(2))
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#take(4))
  }

  instant(): Instant {
    return this.#buffer.readUIntBE(this.#take(6), 6)
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  text(): string {
    const length = this.u16()
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  /** @throws PayloadFault when bytes are left over */
  finish(): void {
    if (this.#at !== this.#buffer.length) throw new PayloadFault('The payload has trailing bytes.')
  }

  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#buffer.length) throw new PayloadFault('The payload is truncated.')
    this.#at = at + length
    return at
  }
}

/** What `read` makes of the whole payload, or undefined when the payload is truncated or has bytes left over. */
export function readPayload<T>(payload: Uint8Array, read: (reader: PayloadReader) => T): T | undefined {
  const reader = new PayloadReader(payload)
  try {
    const value = read(reader)
    reader.finish()
    return value
  } catch (error) {
    if (error instanceof PayloadFault) return undefined
    throw error
  }
}
