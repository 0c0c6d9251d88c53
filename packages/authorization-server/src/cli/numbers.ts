// Numbers in options.

import type { Input } from './command.ts'
import { CommandFailure } from './exit.ts'

/** @throws CommandFailure usage when it is no whole number of the range */
export function wholeNumber(input: Input, name: string, least: number, most: number): number {
  const text = input.text(name)
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new CommandFailure('usage', {
      code: 'number_refused',
      what: `--${name} is no number of its range.`,
      why: `It is a whole number from ${least} to ${most}.`,
      fix: `--${name} ${least}`,
    })
  }
  return value
}
