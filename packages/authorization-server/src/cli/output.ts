// What a command says: data on standard output, talk on standard error; with --json exactly one JSON document (or one a line
// from a command that stays) on standard output, errors included, and no talk.

import { type CommandFailure, exitCodes, type Ending } from './exit.ts'
import { type Modes, printable, showsColour, showsSymbols, type Sink, type Terminal } from './terminal.ts'

/** How people see the data of a result. */
export type View =
  | { readonly kind: 'record'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** A file: as it is, to the byte. */
  | { readonly kind: 'file'; readonly text: string }
  /** What comes, what differs, what goes. */
  | { readonly kind: 'changes'; readonly lines: readonly ChangeLine[] }

export interface ChangeLine {
  readonly tone: 'added' | 'changed' | 'removed' | 'plain'
  readonly text: string
}

/** What a command that succeeded hands back; the frame prints it. */
export interface Result {
  /** For `--json`, beside `"v":1`: stable names, no formatting. */
  readonly data: Readonly<Record<string, unknown>>
  /** One sentence of what was done. */
  readonly say?: string
  readonly view?: View
  /** One command that people usually want next. */
  readonly next?: string
  /** For plans: whether something would be changed; `--detailed-exitcode` tells it. */
  readonly hasChanges?: boolean
  /** For checks that ran well and found something. */
  readonly ending?: Extract<Ending, 'ok' | 'checkFailed' | 'interrupted'>
}

export interface Output {
  /** Talk while working: standard error, silent with --quiet and --json. */
  note(text: string): void
  /** One record of a command that stays: a JSON line with --json, otherwise the lines. */
  event(data: Readonly<Record<string, unknown>>, lines: readonly string[]): void
  /** Data that people see before they are asked; with --json it is part of the result instead. */
  show(view: View): void
  result(result: Result, isDryRun: boolean): void
  failure(failure: CommandFailure): void
}

const colours = {
  green: '\u001b[32m',
  red: '\u001b[31m',
  yellow: '\u001b[33m',
  bold: '\u001b[1m',
  faint: '\u001b[2m',
} as const
const reset = '\u001b[0m'

/** The output of one run. */
export function createOutput(terminal: Terminal, modes: Modes): Output {
  const { stdout, stderr, environment } = terminal
  const paintOn = (sink: Sink): Paint => {
    const inColour = showsColour(sink, environment, modes.mayColour)
    return (colour, text) => (inColour ? `${colours[colour]}${text}${reset}` : text)
  }
  const paintData = paintOn(stdout)
  const paintTalk = paintOn(stderr)
  const symbols = showsSymbols(environment)
    ? { done: '✔', failed: '✖', cut: '…' }
    : { done: 'ok:', failed: 'error:', cut: '~' }
  const isSilent = modes.json || modes.quiet
  const talk = (text: string): void => {
    if (!isSilent) {
      stderr.write(`${text}\n`)
    }
  }
  const json = (body: Readonly<Record<string, unknown>>): void => {
    stdout.write(`${JSON.stringify({ v: 1, ...body })}\n`)
  }
  const print = (view: View): void => {
    for (const line of printedLines(view, paintData, widthOf(stdout), symbols.cut)) stdout.write(line)
  }
  return {
    note: (text) => talk(printable(text)),
    show(view) {
      if (!modes.json) print(view)
    },
    event(data, lines) {
      if (modes.json) {
        json(data)
      } else {
        lines.forEach((line) => stdout.write(`${printable(line)}\n`))
      }
    },
    result(result, isDryRun) {
      if (modes.json) {
        json(isDryRun ? { ...result.data, dryRun: true } : result.data)
        return
      }
      if (result.say !== undefined) {
        const mark =
          result.ending === 'checkFailed' ? paintTalk('red', symbols.failed) : paintTalk('green', symbols.done)
        talk(`${mark} ${printable(result.say)}`)
      }
      if (result.view !== undefined) print(result.view)
      if (isDryRun) {
        talk('Dry run: nothing was changed.')
      } else if (result.next !== undefined) {
        talk(paintTalk('faint', `Next: ${printable(result.next)}`))
      }
    },
    failure(failure) {
      const { code, what, why, fix, details } = failure.explanation
      if (modes.json) {
        json({ error: { ...details, code, what, why, fix } })
        return
      }
      // A failure is told even when asked to be quiet: silence would look like success.
      stderr.write(`${paintTalk('red', symbols.failed)} ${printable(what)}\n${indented(why)}${indented(fix)}`)
      if (failure.ending === 'bug' && failure.cause instanceof Error) {
        stderr.write(indented((failure.cause.stack ?? '').split('\n').slice(1).join('\n')))
      }
    },
  }
}

/** What is written of a view, line breaks included. */
function printedLines(view: View, paint: Paint, width: number, cut: string): readonly string[] {
  switch (view.kind) {
    case 'file':
      return [view.text]
    case 'changes':
      return view.lines.map(({ tone, text }) => `${painted(paint, tone, printable(text))}\n`)
    default:
      return viewLines(view, width, cut).map((line, index) =>
        index === 0 && view.kind === 'table' ? `${paint('bold', line)}\n` : `${line}\n`,
      )
  }
}

type Paint = (colour: keyof typeof colours, text: string) => string

const tones = { added: 'green', changed: 'yellow', removed: 'red' } as const

function painted(paint: Paint, tone: ChangeLine['tone'], text: string): string {
  return tone === 'plain' ? text : paint(tones[tone], text)
}

/** The number that the process ends with. */
export function exitCodeOf(ending: Ending): number {
  return exitCodes[ending]
}

function indented(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => `  ${printable(line)}\n`).join('')
}

/** Lines are cut to a terminal's width; a pipe gets them whole. */
function widthOf(sink: Sink): number {
  return sink.isTTY === true && sink.columns !== undefined && sink.columns > 20
    ? sink.columns
    : Number.POSITIVE_INFINITY
}

/** A view as lines of text no wider than `width`, where a table can be cut. */
export function viewLines(
  view: Exclude<View, { kind: 'changes' | 'file' }>,
  width: number,
  cut: string,
): readonly string[] {
  if (view.kind === 'lines') {
    return view.lines.map(printable)
  }
  if (view.kind === 'table') {
    return tableLines([view.columns, ...view.rows], width, cut)
  }
  // Never cut: a record is where a secret is shown once.
  const label = Math.max(0, ...view.rows.map(([name]) => name.length))
  return view.rows.map(([name, value]) => `${name.padEnd(label)}  ${printable(value)}`.trimEnd())
}

function tableLines(rows: readonly (readonly string[])[], width: number, cut: string): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => Array.from(printable(cell))))
  const columns = cells[0]?.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0))) ?? []
  shrink(columns, width)
  return cells.map((row) =>
    row
      .map((cell, index) => {
        const room = columns[index] ?? 0
        const text = cell.length > room ? `${cell.slice(0, Math.max(0, room - 1)).join('')}${cut}` : cell.join('')
        return text + ' '.repeat(Math.max(0, room - cell.length))
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Takes from the widest column until the line fits; no column gets narrower than 8. */
function shrink(columns: number[], width: number): void {
  const total = (): number => columns.reduce((sum, column) => sum + column, 2 * (columns.length - 1))
  while (total() > width) {
    const widest = columns.indexOf(Math.max(...columns))
    const room = columns[widest] ?? 0
    if (room <= 8) {
      return
    }
    columns[widest] = room - 1
  }
}
