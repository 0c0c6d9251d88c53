// The frames of PostgreSQL's protocol: a letter, a length, a body.

export interface Message {
  readonly type: string
  readonly body: Buffer
  /** As it came. */
  readonly bytes: Buffer
}

/** A statement as a client prepared it; `rest` are the types of its parameters. */
export interface Prepared {
  readonly query: string
  readonly rest: Buffer
}

export class MessageReader {
  readonly #take: (one: Message) => void
  #said = Buffer.alloc(0)

  constructor(take: (one: Message) => void) {
    this.#take = take
  }

  push(part: Buffer): void {
    this.#said = Buffer.concat([this.#said, part])
    while (this.#said.length >= 5 && this.#said.length > this.#said.readInt32BE(1)) {
      const length = 1 + this.#said.readInt32BE(1)
      const bytes = this.#said.subarray(0, length)
      this.#said = this.#said.subarray(length)
      this.#take({ type: String.fromCodePoint(bytes[0] ?? 0), body: bytes.subarray(5), bytes })
    }
  }
}

export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export function prepareMessage(name: string, { query, rest }: Prepared): Buffer {
  return message('P', Buffer.concat([Buffer.from(`${name}\0${query}\0`), rest]))
}

/** The first two texts of a body: names, or a name and a query. */
export function texts({ body }: Message): readonly string[] {
  const end = body.indexOf(0)
  if (end < 0) return []
  const next = body.indexOf(0, end + 1)
  const first = body.toString('utf8', 0, end)
  return next < 0 ? [first] : [first, body.toString('utf8', end + 1, next)]
}
