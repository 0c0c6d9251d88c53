// Reads a backup as it was written, line by line, and believes nothing: counts, digests and the tag are checked on the way,
// and a line that never ends is refused before it fills the memory.

import { createHash, type Hash } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { createGunzip, type Gunzip } from 'node:zlib'
import { type BackupHead, jsonOf, parseClosing, parseFoot, parseHead } from './backup-head.ts'
import { type Line, type RowSource, type TableContents, TransferRefused } from './transfer-source.ts'
import { lineOf, TableDigest } from './transfer-tables.ts'

const rowsPerBatch = 250
const longestLine = 16 * 1024 * 1024

/** A backup file, to be read once. */
export interface Backup extends RowSource {
  readonly contents: BackupHead
  close(): void
}

/**
 * Opens a backup and reads what it says of itself.
 * @param isTagged whether the tag is that of the digest; asked at the end, when the digest is known
 * @throws TransferRefused when it is no backup
 */
export async function openBackup(
  file: string,
  isTagged: (head: BackupHead, digest: string, tag: string) => boolean,
): Promise<Backup> {
  const lines = new BackupLines(file)
  try {
    const [first = ''] = await lines.take(1)
    const head = parseHead(first)
    return {
      contents: head,
      rows: (table) => rowsOf(lines, table),
      finish: () => finish(lines, head, isTagged),
      close: () => lines.close(),
    }
  } catch (error) {
    lines.close()
    throw error
  }
}

async function* rowsOf(lines: BackupLines, table: TableContents): AsyncGenerator<readonly Line[]> {
  const digest = new TableDigest(table)
  while (digest.rows < table.rows) {
    const texts = await lines.take(Math.min(rowsPerBatch, table.rows - digest.rows))
    const batch = texts.map((text) => lineOf(jsonOf(text), table))
    digest.add(batch)
    yield batch
  }
  const [text = ''] = await lines.take(1)
  const closing = parseClosing(text)
  if (closing.table !== table.name || closing.rows !== digest.rows || closing.sha256 !== digest.digest()) {
    throw new TransferRefused(
      'damaged',
      `The backup is damaged: the rows of ${table.name} are not those that were written.`,
    )
  }
}

async function finish(
  lines: BackupLines,
  head: BackupHead,
  isTagged: (head: BackupHead, digest: string, tag: string) => boolean,
): Promise<void> {
  const digest = lines.digest()
  const [text = ''] = await lines.take(1)
  const foot = parseFoot(text)
  const rows = head.tables.reduce((sum, table) => sum + table.rows, 0)
  if (foot.sha256 !== digest || foot.rows !== rows || !(await lines.isAtEnd())) {
    throw new TransferRefused('damaged', 'The backup is damaged: its checksum is not that of its lines.')
  }
  if (!isTagged(head, digest, foot.tag)) {
    throw new TransferRefused('damaged', 'The backup was changed, or made, by somebody without the master key.')
  }
}

/** The lines of a compressed file, as they are asked for. */
class BackupLines {
  readonly #input: ReadStream
  readonly #unpacked: Gunzip
  readonly #chunks: AsyncIterator<string>
  readonly #hash: Hash = createHash('sha256')
  #lines: string[] = []
  #rest = ''

  constructor(file: string) {
    this.#input = createReadStream(file)
    this.#unpacked = createGunzip()
    this.#input.on('error', (error) => this.#unpacked.destroy(error))
    this.#input.pipe(this.#unpacked).setEncoding('utf8')
    this.#chunks = this.#unpacked[Symbol.asyncIterator]()
  }

  /** As many lines as asked for. @throws TransferRefused when the file ends before */
  async take(count: number): Promise<readonly string[]> {
    while (this.#lines.length < count) {
      if (!(await this.#more())) throw new TransferRefused('damaged', 'The backup is damaged: it ends too early.')
    }
    const taken = this.#lines.splice(0, count)
    for (const line of taken) this.#hash.update(`${line}\n`)
    return taken
  }

  async isAtEnd(): Promise<boolean> {
    return this.#lines.length === 0 && this.#rest === '' && !(await this.#more()) && this.#rest === ''
  }

  /** Of all lines that were taken. */
  digest(): string {
    return this.#hash.copy().digest('base64url')
  }

  close(): void {
    this.#input.destroy()
    this.#unpacked.destroy()
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunk()
    if (done === true) return false
    const lines = `${this.#rest}${value}`.split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > longestLine)
      throw new TransferRefused('damaged', 'The backup is damaged: a line has no end.')
    this.#lines.push(...lines)
    return true
  }

  async #chunk(): Promise<IteratorResult<string, unknown>> {
    try {
      return await this.#chunks.next()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!code.startsWith('Z_')) throw error
      throw new TransferRefused('damaged', 'The backup is damaged, or is none: it cannot be unpacked.', {
        cause: error,
      })
    }
  }
}
