// Questions to the person at the terminal. Never required: each one names the option that answers it, and without a terminal, with
// --no-input or with --json it is that option that is asked for, not the person.

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandFailure, interrupted } from './exit.ts'
import { type Modes, printable, type Terminal } from './terminal.ts'

export interface Question {
  readonly text: string
  /** The options that answer it, e.g. `--email ADDRESS`. */
  readonly instead: string
}

export interface Prompt {
  readonly isPossible: boolean
  /** @throws CommandFailure usage without a terminal; interrupted on Ctrl-C or Ctrl-D */
  ask(question: Question): Promise<string>
  /** As `ask`, without showing what is typed. */
  askHidden(question: Question): Promise<string>
}

/** The questions of one run. */
export function createPrompt(terminal: Terminal, modes: Modes): Prompt {
  const isPossible = modes.mayPrompt && !modes.json && terminal.stdin.isTTY === true && terminal.stderr.isTTY === true
  const put = async (question: Question, isHidden: boolean): Promise<string> => {
    if (!isPossible) {
      throw new CommandFailure('usage', {
        code: 'input_needed',
        what: `“${question.text}” needs an answer.`,
        why: 'There is no terminal to ask on, or asking was switched off.',
        fix: `Add ${question.instead}.`,
      })
    }
    return readAnswer(terminal, question.text, isHidden)
  }
  return { isPossible, ask: (question) => put(question, false), askHidden: (question) => put(question, true) }
}

async function readAnswer(terminal: Terminal, text: string, isHidden: boolean): Promise<string> {
  const query = `${printable(text)}: `
  terminal.stderr.write(query)
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isHidden) {
        terminal.stderr.write(chunk.toString('utf8'))
      }
      done()
    },
  })
  const lines = createInterface({ input: terminal.stdin, output: shown, terminal: true, historySize: 0, prompt: '' })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(interrupted()))
      lines.once('close', () => reject(interrupted()))
    })
  } finally {
    lines.close()
    if (isHidden) {
      terminal.stderr.write('\n')
    }
  }
}
