// A terminal for tests: what is typed and piped in, what came out, and the commands that are known.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { seededRandom } from '../platform/crypto/index.ts'
import type { Command } from './command.ts'
import { runCli } from './frame.ts'
import type { Roof } from './installation.ts'

export interface Given {
  /** What standard input holds; it ends after it unless it is a terminal. */
  readonly stdin?: string
  /** What is typed, one answer after each question, line breaks included. */
  readonly answers?: readonly string[]
  readonly isTTY?: boolean
  readonly columns?: number
  readonly environment?: Readonly<Record<string, string>>
  readonly stopped?: AbortSignal
  readonly roof?: Roof
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line against these commands. */
export async function run(commands: readonly Command[], words: readonly string[], given: Given = {}): Promise<Outcome> {
  const stdin = new PassThrough()
  const written = { stdout: '', stderr: '' }
  const answers = [...(given.answers ?? [])]
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: given.isTTY === true,
    columns: given.columns,
    write(text: string): void {
      written[name] += text
      // A question ends with a colon and a blank: type the next answer once the reader listens.
      const answer = name === 'stderr' && text.endsWith(': ') ? answers.shift() : undefined
      if (answer !== undefined) {
        setImmediate(() => stdin.write(answer))
      }
    },
  })
  if (given.stdin !== undefined) {
    stdin.end(given.stdin)
  }
  const code = await runCli(
    words,
    {
      stdin: Object.assign(stdin, { isTTY: given.isTTY === true }),
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      environment: given.environment ?? {},
      random: () => Promise.resolve(seededRandom('cli')),
    },
    {
      version: '1.2.3',
      roof() {
        assert.ok(given.roof, 'this test opens nothing')
        return Promise.resolve(given.roof)
      },
      entries: commands.map((command) => ({
        name: command.name,
        aliases: command.aliases,
        load: () => Promise.resolve(command),
      })),
    },
    given.stopped ?? new AbortController().signal,
  )
  return { code, ...written }
}
