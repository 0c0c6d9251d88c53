// The terminal as a value: streams and environment are passed in, so that every rule about them can be tested.

import type { Readable } from 'node:stream'
import type { Random } from '../platform/crypto/index.ts'

/** Where text goes. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  readonly stdout: Sink
  readonly stderr: Sink
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Loaded only by a command that makes a secret. */
  random(): Promise<Random>
}

/** What was asked of the frame itself rather than of the command. */
export interface Modes {
  readonly json: boolean
  readonly quiet: boolean
  readonly mayPrompt: boolean
  readonly mayColour: boolean
}

/** Whether colour is welcome on this stream (no-color.org, force-color.org); a refusal beats a demand. */
export function showsColour(sink: Sink, environment: Terminal['environment'], mayColour: boolean): boolean {
  const asked = environment['FORCE_COLOR']
  if (!mayColour || isSet(environment['NO_COLOR']) || asked === '0' || asked === 'false') {
    return false
  }
  return isSet(asked) || (sink.isTTY === true && environment['TERM'] !== 'dumb')
}

/** Whether ✔ and ✖ can be shown: not on a dumb terminal, nor where the locale names another character set than UTF-8. */
export function showsSymbols(environment: Terminal['environment']): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(isSet) ?? ''
  const names = /\.([\w-]+)/.exec(locale)?.[1]
  return environment['TERM'] !== 'dumb' && (names === undefined || /^utf-?8$/i.test(names))
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

/** Text that cannot steer the terminal: control and direction characters are written out, line breaks too. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
