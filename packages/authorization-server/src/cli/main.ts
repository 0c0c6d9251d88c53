// The process around the frame: real streams, signals, the exit code.

import { readFileSync } from 'node:fs'
import type { Random } from '../platform/crypto/index.ts'
import { exitCodes } from './exit.ts'
import { runCli } from './frame.ts'
import { commandEntries } from './registry.ts'

/**
 * Runs the command line of this process and sets its exit code.
 * @param environment the environment that decides about colour and symbols
 */
export async function main(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second Ctrl-C of someone who does not want to wait.
      if (stopped.signal.aborted) {
        process.exit(exitCodes.interrupted)
      }
      stopped.abort(signal)
    })
  }
  // `latchkey user list | head -1` closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.bug)
  })
  const { stdin, stdout, stderr } = process
  const random = async (): Promise<Random> => (await import('../platform/crypto/index.ts')).systemRandom
  const terminal = { stdin, stdout, stderr, environment, random }
  const program = {
    version: ownVersion(),
    entries: commandEntries,
    roof: async () => (await import('./roof.ts')).roofOfProcess(),
  }
  const code = await runCli(words, terminal, program, stopped.signal)
  process.exitCode = code
  if (code === exitCodes.interrupted) {
    // What was interrupted may still hold the process open.
    process.exit()
  }
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
