// How lists travel to the writer: a statement's text goes once and is a number from then on. Copied each time, the text was half of
// what sending a list cost (0.6 and 0.3 µs), and the receiver hashed it to find the prepared statement.
import type { PackedLists, PackedWrite, WireList } from './sqlite-messages.ts'

/** Texts that one side may know by number; beyond it numbering begins anew. */
const mostTexts = 1_000

/** The sender's side. One for each line: both ends must count the same. */
export class Packer {
  readonly #numbers: Map<string, number> = new Map()

  pack(lists: readonly WireList[]): PackedLists {
    if (this.#numbers.size >= mostTexts) this.#numbers.clear()
    const known = this.#numbers.size
    const texts: string[] = []
    const packed = lists.map((list) =>
      list.map(({ text, values, rows }): PackedWrite => {
        let number = this.#numbers.get(text)
        if (number === undefined) {
          number = known + texts.length
          this.#numbers.set(text, number)
          texts.push(text)
        }
        return [number, rows === 'any' ? -1 : rows, values]
      }),
    )
    return { known, texts, lists: packed }
  }
}

/** The receiver's side, for another process; the writer thread does the same by itself. */
export class Unpacker {
  readonly #texts: string[] = []

  unpack({ known, texts, lists }: PackedLists): readonly WireList[] {
    this.#texts.splice(known, this.#texts.length, ...texts)
    return lists.map((list) =>
      list.map(([number, rows, values]) => ({ text: this.#textOf(number), values, rows: rows < 0 ? 'any' : rows })),
    )
  }

  #textOf(number: number): string {
    const text = this.#texts[number]
    if (text === undefined) throw new Error('A list names a statement that was never sent.')
    return text
  }
}
